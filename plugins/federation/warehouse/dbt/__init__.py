"""dbt as a process of its own, with its engine locked down."""
