"""Jira, Cloud or Data Center: issues with whole histories. Fetches, and knows nothing of what they mean.

    session.py      signs in, through the `jira` package
    site.py         what both deployments can be asked, and how an issue is put together
    cloud.py        … as Cloud answers it
    data_center.py  … as Data Center answers it
    fields.py       which fields are asked for, and which custom field holds what
    answers.py      what an answer must hold to be believed
    incidents.py    incidents that are issues, as documents

Paging is ours, because that of the `jira` package loses issues: it stops at a short page, goes round on a
repeated token, and throws away warnings. Every doubt is an error: a fetch brought what Jira has, or says that
it did not. Which issues to fetch, and when, is decided in `pipeline/jira_sync.py`.
"""
