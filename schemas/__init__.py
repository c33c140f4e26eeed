"""The contracts every room shares: Arrow schemas, the project file, policies, entity labels. Imports nothing of ours."""
