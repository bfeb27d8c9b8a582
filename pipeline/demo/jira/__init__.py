"""A Jira in memory that speaks HTTP, for the demo and the tests: Jira Cloud or Jira Data Center.

    state.py        what changes it: issues are made, edited, moved, deleted, loaded from a real Jira
    server.py       what serves it, on a port of this machine, and keeps a log of the requests
    faults.py       what goes wrong on request, or by chance

    site.py         the setup around the issues: projects, people, statuses, types, custom fields
    store.py        the issues, who may see them, and what a late search index still shows of them
    issue.py        one issue
    payloads.py     how issues and histories look when sent, by each deployment
    query.py        the JQL it understands
    answers.py      endpoints that both deployments have, `cloud.py` and `data_center.py` the others
    encoding.py     JSON written once and sent often

It does what Atlassian's REST descriptions and knowledge base say Jira does, and what users report where those
are silent; docstrings name their source where it is not the description. Both versions of Cloud's API answer
alike, with texts as wiki markup (which is version 2; version 3 has documents). Not simulated: worklogs,
attachments, components, versions, pictures, boards, and anything that writes.
"""
