"""The stages of the road, one file each: a planner the driver calls, and unit functions the workers run."""
