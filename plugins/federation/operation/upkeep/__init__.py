"""`hub upkeep`: what need not be kept any longer goes; how long that is stands in
`federation.common.retention`."""
