"""From a landed extract to a conformed one: layout undone, columns national and typed, values
checked."""
