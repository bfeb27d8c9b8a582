"""A service desk in a simulated Jira: incidents as Jira Service Management keeps and sends them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pipeline.demo.jira.site import Deployment
from pipeline.demo.jira.state import JiraState

EMAIL, TOKEN = "reports@example.com", "s3cret-token"
BEGAN = datetime(2024, 3, 1, 9, 0)
NEW, WORKING, DONE, CANCELED = "1", "3", "5", "6"
STARTED, SEVERITY, CAUSE, POSTMORTEM, SERVICES, RESOLUTION_SLA, MAJOR, REQUEST, USERS, COMMANDER = (
    f"customfield_{number}" for number in range(10_100, 10_110)
)

DESCRIPTION = """h2. Summary

Orders failed for {color:red}ninety{color} minutes, as a certificate had expired.

h2. Timeline

All times are UTC.

||Time||Event||
|2024-03-01 09:05|First alert: [graph|https://graphs.example/d/1]|
|2024-03-01 10:30|Orders succeed again|

h2. Root cause

The certificate of the payment gateway expired, and *nothing* renewed it.

h2. Action items

# Alert a month before a certificate expires, PAY-1
# Renew certificates by a job [~ana]
"""


def service_desk(deployment: Deployment = "cloud") -> JiraState:
    """A project INC for incidents and PAY for work, with the fields that incidents have."""
    state = JiraState(deployment=deployment)
    state.add_status(NEW, "Open", "new")
    state.add_status(WORKING, "Work in progress", "indeterminate")
    state.add_status(DONE, "Completed", "done")
    state.add_status(CANCELED, "Canceled", "done")
    state.add_project("INC", "Incidents", statuses=[NEW, WORKING, DONE, CANCELED])
    state.add_project("PAY", "Payments", statuses=[NEW, WORKING, DONE])
    state.add_user("ana", "Ana Silva")
    state.add_user("ben", "Ben Ito")
    for name in ("[System] Incident", "[System] Post-incident review", "[System] Problem"):
        state.add_issue_type(name)
    state.add_link_type("Problem/Incident", "causes", "is caused by")
    state.add_link_type("Post-Incident Reviews", "reviews", "is reviewed by")
    plain = "com.atlassian.jira.plugin.system.customfieldtypes"
    for field_id, name, custom, kind, items in (
        (STARTED, "Impact start", f"{plain}:datetime", "datetime", None),
        (SEVERITY, "Severity", f"{plain}:select", "option", None),
        (CAUSE, "Cause", f"{plain}:cascadingselect", "option-with-child", None),
        (POSTMORTEM, "Root cause", f"{plain}:textarea", "string", None),
        (
            SERVICES,
            "Affected services",
            "com.atlassian.jira.plugins.service-entity:service-entity-field-cftype",
            "array",
            "service-entity-field",
        ),
        (
            RESOLUTION_SLA,
            "Time to resolution",
            "com.atlassian.servicedesk:sd-sla-field",
            "sd-servicelevelagreement",
            None,
        ),
        (
            MAJOR,
            "Major incident",
            "com.atlassian.jira.modules.servicemanagement.major-incident-entity:"
            "major-incident-entity-field-cftype",
            "major-incident-entity",
            None,
        ),
        (REQUEST, "Request Type", "com.atlassian.servicedesk:vp-origin", "sd-customerrequesttype", None),
        (USERS, "Users affected", f"{plain}:float", "number", None),
        (COMMANDER, "Incident commander", f"{plain}:userpicker", "user", None),
    ):
        state.add_field(field_id, name, custom, kind, items=items)
    return state


def raise_incident(state: JiraState, summary: str = "Checkout was down", **more: Any) -> str:
    """An incident of the service desk, raised eight minutes after BEGAN; returns its key."""
    given: dict[str, Any] = {
        "at": BEGAN + timedelta(minutes=8),
        "status_id": NEW,
        "reporter": "ana",
        "issue_type": "[System] Incident",
        "description": DESCRIPTION,
    } | more
    return state.create_issue("INC", summary, **given)


def as_sent_by_jsm() -> dict[str, Any]:
    """Values of custom fields in the forms in which Jira Service Management sends them."""
    return {
        STARTED: "2024-03-01T10:00:00.000+0100",
        SEVERITY: "SEV-2",
        CAUSE: {
            "self": "https://jira.example/rest/api/2/customFieldOption/10020",
            "value": "Configuration",
            "id": "10020",
            "child": {
                "self": "https://jira.example/rest/api/2/customFieldOption/10021",
                "value": "Expired certificate",
                "id": "10021",
            },
        },
        POSTMORTEM: "The certificate of the payment gateway expired.",
        SERVICES: [{"id": "ari:cloud:graph::service/6184b75d-0000/2201284c-0000"}],
        RESOLUTION_SLA: {
            "id": "17",
            "name": "Time to resolution",
            "_links": {"self": "https://jira.example/rest/servicedeskapi/request/1/sla/17"},
            "completedCycles": [
                {
                    "startTime": {"iso8601": "2024-03-01T09:08:00+0000", "epochMillis": 1709284080000},
                    "stopTime": {"iso8601": "2024-03-01T10:40:00+0000", "epochMillis": 1709289600000},
                    "breachTime": {"iso8601": "2024-03-01T13:08:00+0000", "epochMillis": 1709298480000},
                    "breached": False,
                    "goalDuration": {"millis": 14400000, "friendly": "4h"},
                    "elapsedTime": {"millis": 5520000, "friendly": "1h 32m"},
                    "remainingTime": {"millis": 8880000, "friendly": "2h 28m"},
                }
            ],
            "slaDisplayFormat": "NEW_SLA_FORMAT",
        },
        MAJOR: "MAJOR_INCIDENT",
        REQUEST: {
            "requestType": {"id": "37", "name": "Report a system problem", "serviceDeskId": "5"},
            "currentStatus": {"status": "Completed", "statusCategory": "DONE"},
        },
        USERS: 1200,
        COMMANDER: "ben",
    }
