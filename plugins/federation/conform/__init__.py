"""From a landed extract to a conformed one: its layout undone, its columns national and typed,
its values looked at."""
