"""The contracts every room shares: Arrow schemas, project file, policies, entity labels. Imports nothing of ours."""
