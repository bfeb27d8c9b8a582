"""The words of the invented postmortems: for each cause what was seen, why, what set it off, what was promised.

Placeholders: `{service}` and `{other}` are services, `{number}` a number of two or three digits, `{person}` a
name. The words come from how such incidents are told, not from what the reader looks for.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of cause. `share` is its part of all fresh incidents; `label` is how a form names it."""

    category: str
    label: str
    share: float
    titles: tuple[str, ...]
    began: tuple[str, ...]  # the first line of the timeline
    root_causes: tuple[str, ...]
    triggers: tuple[str, ...]
    factors: tuple[str, ...]
    mitigations: tuple[str, ...]
    preventions: tuple[str, ...]


CAUSES = (
    Cause(
        "change-deployment",
        "Deployment",
        0.24,
        (
            "{service} errors after a release",
            "Bad deploy of {service}",
            "{service} rolled out with a broken migration",
            "Release of {service} broke requests from {other}",
        ),
        (
            "Release {number} of {service} reaches production",
            "Deployment of build {number} to {service} begins",
            "Rollout of {service} build {number} completes",
        ),
        (
            "The new release of {service} expected a database column that the migration had not yet created, "
            "so every write failed.",
            "A deployment of {service} went to all regions at once; the canary stage had been skipped and the "
            "faulty build reached everyone.",
            "Build {number} of {service} was released with an incompatible version of a shared library.",
            "The rollout replaced old instances of {service} faster than new ones became ready, leaving a "
            "third of the capacity.",
        ),
        (
            "Routine deployment of {service}.",
            "Release of build {number} to production.",
            "A rollout started from the release calendar.",
        ),
        (
            "The canary ran for five minutes only",
            "Rollback needed a person with special rights",
            "Staging holds a hundredth of the data",
        ),
        (
            "rolled back to the previous build",
            "the release was reverted on all hosts",
            "deployment paused and the old version restored",
        ),
        (
            "Make the canary stage of {service} mandatory",
            "Check schema compatibility before each release of {service}",
            "Deploy {service} one region at a time",
            "Roll back {service} automatically when the error rate doubles",
        ),
    ),
    Cause(
        "change-configuration",
        "Configuration change",
        0.19,
        (
            "{service} unreachable after a configuration change",
            "Wrong feature flag switched off {service}",
            "Misconfigured limits on {service}",
        ),
        (
            "Configuration change {number} is applied to {service}",
            "Feature flag for {service} is switched on for everyone",
            "New routing rule for {service} goes live",
        ),
        (
            "A configuration change set the connection limit of {service} to {number} instead of ten times "
            "that; nothing validates the value.",
            "The feature flag was switched on for all tenants, while the configuration of {other} still held "
            "the old address.",
            "A misconfigured timeout in {service} was shorter than the slowest ordinary call to {other}.",
        ),
        (
            "A configuration push to {service}.",
            "Flipping a feature flag in {service}.",
            "A change of settings meant for staging was applied to production.",
        ),
        (
            "Configuration is not reviewed as code is",
            "The change could not be tried in staging",
            "Two files hold the same setting",
        ),
        (
            "the configuration was reverted",
            "the flag was switched off again",
            "the previous settings were restored by hand",
        ),
        (
            "Validate the configuration of {service} before it is applied",
            "Review flag changes of {service} like code",
            "Keep the limits of {service} in one file",
        ),
    ),
    Cause(
        "capacity",
        "Capacity",
        0.13,
        (
            "{service} overloaded",
            "{service} ran out of disk space",
            "Memory exhaustion on {service}",
            "Slow responses from {service} under peak load",
        ),
        (
            "Load on {service} passes {number} requests per second",
            "Disk usage of {service} reaches 100 %",
            "First instances of {service} are killed for lack of memory",
        ),
        (
            "Traffic grew beyond the capacity planned for {service}; autoscaling stopped at its upper limit of "
            "{number} instances.",
            "The disk of {service} filled up because old segments were never removed.",
            "{service} ran out of memory when the cache outgrew the instance size.",
        ),
        (
            "A sales campaign tripled the traffic to {service}.",
            "A batch job of {other} ran at the busiest hour.",
            "Ordinary growth passed the limit.",
        ),
        (
            "No forecast of growth exists",
            "The alert on disk space was set at 98 %",
            "Autoscaling limits were copied from another service",
        ),
        (
            "capacity was doubled",
            "old segments were deleted to free space",
            "instances were added and the queue drained",
        ),
        (
            "Raise the autoscaling limit of {service} and review it each quarter",
            "Expire old segments of {service} after 30 days",
            "Load-test {service} before each campaign",
        ),
    ),
    Cause(
        "dependency",
        "Third party",
        0.11,
        (
            "{service} degraded by an outage of our provider",
            "Third-party outage stops {service}",
            "Upstream errors in {service}",
        ),
        (
            "Provider begins to answer {service} with errors",
            "Calls from {service} to the external provider time out",
        ),
        (
            "An external provider that {service} depends on was down, and {service} had no fallback.",
            "The third-party API answered slowly; {service} kept waiting until all its workers were busy.",
            "The upstream vendor changed its API without notice and rejected our requests.",
        ),
        (
            "An outage at our provider.",
            "The vendor's own maintenance overran.",
        ),
        (
            "No circuit breaker stands between us and the vendor",
            "We learn of the vendor's outages from our customers",
        ),
        (
            "traffic was moved to the second provider",
            "calls to the provider were switched off until it recovered",
        ),
        (
            "Add a circuit breaker to the provider calls of {service}",
            "Serve cached answers from {service} while the provider is down",
        ),
    ),
    Cause(
        "software-defect",
        "Software defect",
        0.12,
        (
            "{service} crashes on unusual input",
            "Deadlock in {service}",
            "Memory leak in {service}",
        ),
        (
            "First crash of {service}",
            "{service} stops answering on {number} instances",
        ),
        (
            "A bug in {service}: an empty list was not handled and raised an exception that ended the worker.",
            "A race condition in {service} let two workers take the same lock in opposite order.",
            "A memory leak in the retry code of {service}, present for months, became visible under load.",
        ),
        (
            "A request with an empty list arrived.",
            "A customer imported {number} records at once.",
        ),
        (
            "The code path has no test",
            "The exception was swallowed by a general handler",
        ),
        (
            "a fix was merged and released",
            "instances were restarted every ten minutes until the fix was out",
        ),
        (
            "Test {service} with empty and huge inputs",
            "Remove the lock inversion from {service}",
            "Fuzz the request parser of {service}",
        ),
    ),
    Cause(
        "network",
        "Network",
        0.07,
        (
            "Packet loss between {service} and {other}",
            "Network partition isolates {service}",
            "Name resolution failures in {service}",
        ),
        (
            "Packet loss of {number} % between zones begins",
            "{service} can no longer resolve the name of {other}",
        ),
        (
            "A faulty router dropped packets between two zones, and {service} saw timeouts.",
            "The network between {service} and {other} was partitioned after a switch failed.",
            "DNS resolution failed for {service} because the resolvers lost their route.",
        ),
        (
            "A switch failed.",
            "A route was withdrawn by the network carrier.",
        ),
        (
            "Only one path exists between the zones",
            "Network errors are counted but nobody is alerted",
        ),
        (
            "traffic was routed around the faulty link",
            "the resolvers were restarted and the route restored",
        ),
        (
            "Add a second network path for {service}",
            "Cache resolved names in {service}",
        ),
    ),
    Cause(
        "certificate-expiry",
        "Expired certificate",
        0.05,
        (
            "Expired certificate on {service}",
            "{service} rejects connections: certificate expired",
            "Expired token stops {service}",
        ),
        (
            "The TLS certificate of {service} expires",
            "The token that {service} uses for {other} expires",
        ),
        (
            "The TLS certificate of {service} expired; its renewal had failed silently for {number} days.",
            "The credentials that {service} uses to call {other} expired and nobody owned their renewal.",
        ),
        (
            "The certificate's end date passed.",
            "A token reached the end of its life.",
        ),
        (
            "Renewal failures raise no alert",
            "The certificate was missing from the inventory",
        ),
        (
            "a new certificate was issued and installed",
            "the token was renewed by hand",
        ),
        (
            "Alert 30 days before any certificate of {service} expires",
            "Renew the credentials of {service} automatically",
        ),
    ),
    Cause(
        "data",
        "Data",
        0.05,
        (
            "Wrong figures from {service}",
            "Corrupted records in {service}",
            "Duplicate rows written by {service}",
        ),
        (
            "First corrupted record is written by {service}",
            "The import into {service} begins with a malformed file",
        ),
        (
            "A malformed import file led to corrupted records in {service}; rows were not checked on the way in.",
            "A backfill wrote duplicate records, and {service} counted them twice.",
        ),
        (
            "The nightly import of {number} thousand records.",
            "A backfill started by hand.",
        ),
        (
            "Imports are not validated",
            "There is no check of totals after an import",
        ),
        (
            "the import was undone from the backup",
            "the corrupted records were repaired by a script",
        ),
        (
            "Validate every import into {service}",
            "Compare totals after each backfill of {service}",
        ),
    ),
    Cause(
        "human-procedure",
        "Procedure",
        0.04,
        (
            "Production tables of {service} dropped by mistake",
            "{service} stopped during manual work",
        ),
        (
            "The clean-up command is run against the production {service}",
            "Manual restart of the wrong {service} instances",
        ),
        (
            "An operator ran the clean-up command against production by mistake; the runbook of {service} does "
            "not say which environment it is for.",
            "A manual step of the runbook was carried out in the wrong order and stopped {service}.",
        ),
        (
            "Manual clean-up work.",
            "A step of the runbook done by hand.",
        ),
        (
            "Prompts look the same in staging and production",
            "The runbook was last changed two years ago",
        ),
        (
            "the tables were restored from the last backup",
            "the stopped instances were started again",
        ),
        (
            "Replace the manual clean-up of {service} by a reviewed job",
            "Ask for a second person before destructive commands on {service}",
        ),
    ),
)

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
)
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
)
SUMMARIES = (
    "{service} did not work as it should: {lower_title}. {impact}",
    "On {weekday} the {team} team handled a problem with {service}. {impact}",
    "{impact} The {team} team restored {service}.",
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
