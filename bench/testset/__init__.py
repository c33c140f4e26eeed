"""Generated test set of Korean personal information: values, notations, templates and hard negatives. Seeded."""
