"""The words that every invented incident shares, whatever its cause.

Placeholders: `{service}` and `{other}` are services, `{number}` a number of two or three digits, `{person}` a
name.
"""

from __future__ import annotations

#: Planned work, told in the form of a notice: (title, text).
PLANNED = (
    ("Scheduled maintenance of {service}", "We will upgrade the database of {service} during this window."),
    (
        "Planned upgrade of {service}",
        "{service} will be moved to a newer version. Short interruptions may occur.",
    ),
    ("Maintenance window for {service}", "The hosts of {service} will be patched and restarted one by one."),
)

#: How an incident was noticed, by detection method; the words stand in the timeline.
DETECTIONS = {
    "alert": (
        "Alert on the error rate of {service} fires; on-call is paged",
        "Detected by monitoring: latency alert for {service}",
        "Page: {service} availability below target, problem detected",
    ),
    "customer": (
        "First report of the problem by a customer",
        "Detected: support forwards complaints from customers about {service}",
    ),
    "staff": (
        "{person} notices errors while testing {service}",
        "Detected by {person}, who sees failing requests in {service}",
    ),
}
DETECTION_SENTENCES = {
    "alert": ("An alert on {service} paged the on-call engineer.", "Our monitoring raised an alert."),
    "customer": ("Customers told us through support.", "A customer report reached us before any alert."),
    "staff": ("{person} noticed it by chance.", "A colleague saw it while working on something else."),
}
ACKNOWLEDGEMENTS = ("{person} acknowledges the page", "Acknowledged by {person}")
DECLARATIONS = ("Incident declared; {person} takes command", "Incident declared")
INVESTIGATIONS = (
    "{person} looks at the dashboards of {service} and {other}",
    "Suspicion falls on {other}; this turns out to be wrong",
    "Logs of {service} show {number} errors per minute",
    "Support is told what to answer",
    "{person} joins to help",
    "{person} compares today's traffic with last week's",
    "A test request to {service} fails after {number} seconds",
    "Restarting one instance of {service} changes nothing",
    "The status page is updated",
    "The change log of {service} is searched",
)
#: What follows the first line of a timeline, so that it is told from what led up to it.
BEGINNINGS = ("; impact begins", ": outage begins", "; errors start", ", the problem starts")
MITIGATIONS = ("Mitigated: {mitigation}", "Impact mitigated, {mitigation}")
RESOLUTIONS = (
    "Resolved: error rate back to normal",
    "Incident resolved",
    "{service} confirmed healthy, incident resolved",
)

IMPACTS = (
    "About {users} customers could not use {service}.",
    "{users} users saw errors or very slow pages.",
    "Requests to {service} failed for around {users} customers; no data was lost.",
    "{users} customers had to try again later, and some did not.",
    "For {users} users what depends on {service} was unavailable.",
)
SUMMARIES = (
    "{title}. {impact}",
    "On {weekday} the {team} team handled a problem with {service}. {impact} {mitigation}.",
    "{trigger} What followed surprised us. {impact}",
    "{impact} {mitigation}, and the {team} team watched {service} for another hour.",
    "{trigger} {impact} {mitigation}.",
)
#: Five whys: what is asked, and what is answered beside the story's own cause and factors.
WHYS = (
    ("Why could customers not use {service}?", "{impact}"),
    ("Why did that happen?", "{root_cause}"),
    ("Why was it possible?", "{factor}."),
    ("Why did nobody see it coming?", "{wrong}."),
    ("Why was that so?", "{habit}"),
)
HABITS = (
    "Work on {service} had been put off for two quarters.",
    "The service changed hands and its notes did not.",
    "What we learnt last time was written down and not planned.",
)
WENT_WELL = (
    "The on-call engineer answered within minutes",
    "Support and engineering shared one channel",
    "The rollback was quick once decided",
    "Backups were complete and recent",
    "The status page was updated early",
)
WENT_WRONG = (
    "It took long to find who owns {service}",
    "The dashboard of {service} hid the errors",
    "We had seen the warning before and not acted",
    "The runbook was out of date",
    "Two people worked on the same thing without knowing",
)
LUCKY = (
    "It happened outside the busiest hours",
    "{person} happened to know the old code",
    "The queue had room for another hour",
)

#: Promises that do not depend on the cause, by kind.
PROMISES = {
    "detect": (
        "Alert on the error rate of {service}",
        "Add a dashboard for the queue of {service}",
        "Monitor the latency between {service} and {other}",
        "Page on failed probes of {service} instead of sending mail",
    ),
    "mitigate": (
        "Write a script that drains {service} in one step",
        "Let {other} degrade gracefully when {service} is slow",
        "Shorten the rollback of {service} to five minutes",
    ),
    "process": (
        "Update the runbook of {service}",
        "Name an owner for {service} in the service catalogue",
        "Train the on-call rotation on {service}",
        "Agree with support how customers of {service} are told",
    ),
    "repair": (
        "Correct the records of {service} that were written during the incident",
        "Replay the messages {service} missed",
    ),
}

#: Work that has nothing to do with incidents, so that the projects hold more than promises.
ORDINARY_WORK = (
    "Upgrade the framework of {service}",
    "Add a filter to the overview of {service}",
    "Translate the settings page of {service}",
    "Remove the old endpoint of {service}",
)

COMMENTS = (
    "Looked into this, will start next week.",
    "Draft is up for review.",
    "Waiting for the other team's change.",
    "Agreed in planning to take this in.",
    "Tried it in staging, works.",
)

#: Issues that had the same to do as a promise, and the parts of one that was too large.
SURVIVORS = (
    "{promise} (planned work)",
    "Roadmap: {promise}",
    "{promise}, for all regions",
)
CHILDREN = (
    "Design: {promise}",
    "First service: {promise}",
    "All other services: {promise}",
    "Write down how: {promise}",
    "Try in staging: {promise}",
)
#: What the automation says to issues that nobody touches.
REMINDERS = (
    "No update for 30 days. Is this still planned?",
    "This issue is past its due date.",
)
