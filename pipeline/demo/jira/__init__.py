"""A Jira in memory that speaks HTTP, for the demo and the tests; Jira Cloud or Jira Data Center.

`state.py` is what changes it (`JiraState`), `server.py` what serves it (`serve_jira`), `faults.py` what goes
wrong. Behind them: `site.py` the setup, `issue.py` and `store.py` the issues and who sees them, `payloads.py`
how they look when sent, `query.py` the JQL, `answers.py`, `cloud.py` and `data_center.py` the endpoints.
"""
