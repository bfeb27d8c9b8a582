"""What goes wrong in the invented company, and how it is told: stories, grouped by cause.

Placeholders: `{service}` and `{other}` are services, `{number}` a number of two or three digits. The words
come from how such incidents are told, not from what the reader of documents looks for.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """One course of events, each part in several wordings."""

    titles: tuple[str, ...]
    began: tuple[str, ...]  # the first line of the timeline
    root_causes: tuple[str, ...]
    triggers: tuple[str, ...]
    factors: tuple[str, ...]
    mitigations: tuple[str, ...]
    preventions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of cause, named as the default taxonomy names it; `share` is its part of fresh incidents."""

    category: str
    share: float
    stories: tuple[Story, ...]


CAUSES = (
    Cause(
        category="change-deployment",
        share=0.24,
        stories=(
            Story(
                titles=(
                    "{service} errors after a release",
                    "Release of {service} broke requests from {other}",
                    "Bad deploy of {service}",
                ),
                began=(
                    "Release {number} of {service} reaches production",
                    "Deployment of build {number} to {service} begins",
                ),
                root_causes=(
                    "A deployment of {service} went to all regions at once; the canary stage had been "
                    "skipped and the faulty build reached everyone.",
                    "Build {number} of {service} was released with an incompatible version of a library "
                    "it shares with {other}.",
                    "The new release of {service} no longer accepted the older form of the messages that "
                    "{other} still sends.",
                ),
                triggers=(
                    "Routine deployment of {service}.",
                    "Release of build {number} to production.",
                ),
                factors=(
                    "The canary ran for five minutes only",
                    "The fix for CVE-2024-90417 in the same build was thought urgent",
                    "Rollback needed a person with special rights",
                    "Staging holds a hundredth of the data",
                ),
                mitigations=(
                    "{service} was rolled back to the previous build",
                    "the release was reverted on all hosts",
                ),
                preventions=(
                    "Make the canary stage of {service} mandatory",
                    "Roll back {service} automatically when the error rate doubles",
                    "Test each release of {service} against the current {other}",
                ),
            ),
            Story(
                titles=(
                    "{service} rolled out with a broken migration",
                    "Failed schema migration of {service}",
                ),
                began=("Rollout of {service} build {number} with its migration begins",),
                root_causes=(
                    "The new release of {service} expected a database column that the migration had not "
                    "yet created, so every write failed.",
                    "The migration shipped with the release locked the largest table of {service}; writes "
                    "queued up behind it.",
                ),
                triggers=(
                    "The deployment of a release that changes the schema.",
                    "Release {number} and its migration.",
                ),
                factors=(
                    "Migrations and code are deployed in one step",
                    "The migration was tried on a small copy only",
                ),
                mitigations=(
                    "the release was rolled back and the migration finished by hand",
                    "the migration was stopped and the old version restored",
                ),
                preventions=(
                    "Check schema compatibility before each release of {service}",
                    "Run migrations of {service} in a step of their own",
                ),
            ),
            Story(
                titles=(
                    "{service} short of capacity during a rollout",
                    "Rolling update of {service} went too fast",
                ),
                began=("Rollout of {service} build {number} starts in all zones",),
                root_causes=(
                    "The rollout replaced old instances of {service} faster than the new release became "
                    "ready, leaving a third of them to serve all requests.",
                ),
                triggers=(
                    "A rollout started from the release calendar.",
                    "Routine deployment of {service}.",
                ),
                factors=(
                    "Readiness probes answer before caches are warm",
                    "The rollout speed was a default nobody chose",
                ),
                mitigations=(
                    "the deployment was paused until new instances were ready",
                    "the rollout was halted and reverted",
                ),
                preventions=(
                    "Deploy {service} one zone at a time",
                    "Let the readiness probe of {service} wait for warm caches",
                ),
            ),
        ),
    ),
    Cause(
        category="change-configuration",
        share=0.19,
        stories=(
            Story(
                titles=(
                    "{service} unreachable after a configuration change",
                    "Misconfigured limits on {service}",
                ),
                began=("Configuration change {number} is applied to {service}",),
                root_causes=(
                    "A configuration change set the connection limit of {service} to {number} instead of "
                    "ten times that; nothing validates the value.",
                    "A misconfigured timeout in {service} was shorter than the slowest ordinary call to "
                    "{other}.",
                ),
                triggers=(
                    "A configuration push to {service}.",
                    "A change of settings meant for staging was applied to production.",
                ),
                factors=(
                    "Configuration is not reviewed as code is",
                    "Two files hold the same setting",
                    "The change could not be tried in staging",
                ),
                mitigations=(
                    "the configuration was reverted",
                    "the previous settings were restored by hand",
                ),
                preventions=(
                    "Validate the configuration of {service} before it is applied",
                    "Keep the limits of {service} in one file",
                ),
            ),
            Story(
                titles=(
                    "Wrong feature flag switched off {service}",
                    "{service} fails after a flag change",
                ),
                began=("Feature flag for {service} is switched on for everyone",),
                root_causes=(
                    "The feature flag was switched on for all tenants, while the configuration of {other} "
                    "still held the old address.",
                    "The flag's default in the configuration was inverted, which disabled {service} for "
                    "everybody without an override.",
                ),
                triggers=(
                    "Flipping a feature flag in {service}.",
                    "A planned flag change, applied to every tenant at once.",
                ),
                factors=(
                    "Flags take effect everywhere at once",
                    "Nobody remembered what the flag guards",
                ),
                mitigations=(
                    "the flag was switched off again",
                    "the flag was reset and caches were cleared",
                ),
                preventions=(
                    "Review flag changes of {service} like code",
                    "Roll flags of {service} out to one tenant first",
                    "Delete flags of {service} that are older than a year",
                ),
            ),
            Story(
                titles=(
                    "Requests for {service} sent to the wrong place",
                    "Routing rule cuts off {service}",
                ),
                began=("New routing rule for {service} goes live",),
                root_causes=(
                    "A configuration change to the routing rules matched more paths than intended and "
                    "sent requests for {service} to {other}.",
                ),
                triggers=(
                    "A change of the routing rules.",
                    "A configuration push that reordered the rules.",
                ),
                factors=(
                    "Rules are matched in the order of the file",
                    "There is no test for routing rules",
                ),
                mitigations=(
                    "the rule was removed",
                    "the routing configuration was rolled back",
                ),
                preventions=(
                    "Test the routing rules of {service} on recorded requests",
                    "Show the effect of a routing change before it is applied to {service}",
                ),
            ),
        ),
    ),
    Cause(
        category="capacity",
        share=0.13,
        stories=(
            Story(
                titles=(
                    "{service} overloaded",
                    "Slow responses from {service} under peak load",
                ),
                began=("Load on {service} passes {number} requests per second",),
                root_causes=(
                    "Traffic grew beyond the capacity planned for {service}; autoscaling stopped at its "
                    "upper limit of {number} instances.",
                    "{service} was overloaded: retries from {other} multiplied the load until nothing was "
                    "answered in time.",
                ),
                triggers=(
                    "A sales campaign tripled the traffic to {service}.",
                    "A batch job of {other} ran at the busiest hour.",
                ),
                factors=(
                    "Autoscaling limits were copied from another service",
                    "No forecast of growth exists",
                ),
                mitigations=(
                    "capacity was doubled",
                    "instances were added and the queue drained",
                ),
                preventions=(
                    "Raise the autoscaling limit of {service} and review it each quarter",
                    "Load-test {service} before each campaign",
                    "Limit the retries that {other} sends to {service}",
                ),
            ),
            Story(
                titles=(
                    "{service} ran out of disk space",
                    "Full disk stops {service}",
                ),
                began=("Disk usage of {service} reaches 100 %",),
                root_causes=(
                    "The disk of {service} filled up because old segments were never removed.",
                    "Debug logs left on by an earlier change filled the disk of {service}.",
                ),
                triggers=(
                    "Ordinary growth passed the size of the disk.",
                    "A backfill wrote {number} GB in one night.",
                ),
                factors=(
                    "The alert on disk space was set at 98 %",
                    "Nobody owns the clean-up of old files",
                ),
                mitigations=(
                    "old segments were deleted to free space",
                    "the volume was enlarged",
                ),
                preventions=(
                    "Expire old segments of {service} after 30 days",
                    "Forecast the disk usage of {service} and order in time",
                ),
            ),
            Story(
                titles=(
                    "Memory exhaustion on {service}",
                    "{service} killed for lack of memory",
                ),
                began=("First instances of {service} are killed for lack of memory",),
                root_causes=(
                    "{service} ran out of memory when its cache outgrew the size of the instances.",
                    "The quota for memory in the shared cluster was exhausted by {other}, and {service} "
                    "could not start new instances.",
                ),
                triggers=(
                    "Ordinary growth passed the limit.",
                    "The largest customer imported its whole catalogue.",
                ),
                factors=(
                    "The cache has no upper bound",
                    "Limits were set when traffic was a tenth of today's",
                ),
                mitigations=(
                    "memory limits were raised",
                    "the cache was emptied and its size bounded",
                ),
                preventions=(
                    "Bound the cache of {service}",
                    "Reserve memory for {service} in the shared cluster",
                ),
            ),
        ),
    ),
    Cause(
        category="dependency",
        share=0.11,
        stories=(
            Story(
                titles=(
                    "{service} degraded by an outage of our provider",
                    "Third-party outage stops {service}",
                ),
                began=("Provider begins to answer {service} with errors",),
                root_causes=(
                    "An external provider that {service} depends on was down, and {service} had no fallback.",
                ),
                triggers=(
                    "An outage at our provider.",
                    "The vendor's own maintenance overran.",
                ),
                factors=(
                    "We learn of the vendor's outages from our customers",
                    "There is a contract with one provider only",
                ),
                mitigations=(
                    "traffic was moved to the second provider",
                    "calls to the provider were switched off until it recovered",
                ),
                preventions=(
                    "Serve cached answers from {service} while the provider is down",
                    "Add a second provider behind {service}",
                ),
            ),
            Story(
                titles=(
                    "Slow provider calls block {service}",
                    "{service} waits for an upstream vendor",
                ),
                began=("Calls from {service} to the external provider time out",),
                root_causes=(
                    "The third-party API answered slowly; {service} kept waiting until all its workers "
                    "were busy.",
                ),
                triggers=(
                    "The provider's API became slow.",
                    "A partial outage at the upstream vendor.",
                ),
                factors=(
                    "No circuit breaker stands between us and the vendor",
                    "The time-out was the library's default of five minutes",
                ),
                mitigations=(
                    "calls to the vendor were cut short after two seconds",
                    "workers were added until the provider recovered",
                ),
                preventions=(
                    "Add a circuit breaker to the provider calls of {service}",
                    "Shorten the time-outs of {service} towards vendors",
                ),
            ),
            Story(
                titles=("Upstream vendor rejects requests of {service}",),
                began=("Vendor begins to reject requests of {service}",),
                root_causes=(
                    "The upstream vendor changed its API without notice and rejected the requests of "
                    "{service}.",
                ),
                triggers=("A release on the vendor's side.",),
                factors=(
                    "Nobody reads the vendor's announcements",
                    "There is no contract test against the vendor",
                ),
                mitigations=(
                    "requests were changed to the vendor's new form",
                    "the vendor was asked to revert its change, and did",
                ),
                preventions=(
                    "Test the vendor's API daily from {service}",
                    "Name a person who follows the vendor's changes for {service}",
                ),
            ),
        ),
    ),
    Cause(
        category="software-defect",
        share=0.12,
        stories=(
            Story(
                titles=(
                    "{service} crashes on unusual input",
                    "{service} restarts in a loop",
                ),
                began=("First crash of {service}",),
                root_causes=(
                    "A bug in {service}: an empty list was not handled and raised an exception that ended "
                    "the worker.",
                    "An unhandled exception in the parser of {service} ended the process whenever a name "
                    "held an emoji.",
                ),
                triggers=(
                    "A request with an empty list arrived.",
                    "A customer imported {number} records with unusual names.",
                ),
                factors=(
                    "The code path has no test",
                    "The exception was swallowed by a general handler",
                ),
                mitigations=(
                    "a fix was merged and released",
                    "the offending requests were filtered out until the fix was live",
                ),
                preventions=(
                    "Test {service} with empty and huge inputs",
                    "Fuzz the request parser of {service}",
                ),
            ),
            Story(
                titles=(
                    "Deadlock in {service}",
                    "{service} hangs under concurrent writes",
                ),
                began=("{service} stops answering on {number} instances",),
                root_causes=(
                    "A race condition in {service} let two workers take the same locks in opposite order.",
                ),
                triggers=(
                    "Two large imports ran at the same time.",
                    "The number of workers had been raised the week before.",
                ),
                factors=(
                    "The lock order is written down nowhere",
                    "Hung workers still pass the health check",
                ),
                mitigations=(
                    "the hung workers were restarted and the fix merged",
                    "writes were serialised until the fix was out",
                ),
                preventions=(
                    "Remove the lock inversion from {service}",
                    "Let the health check of {service} fail when a worker hangs",
                ),
            ),
            Story(
                titles=("Memory leak in {service}",),
                began=("Memory of {service} begins to climb, first restarts",),
                root_causes=(
                    "A memory leak in the retry code of {service}, a bug present for months, became "
                    "visible under load.",
                ),
                triggers=(
                    "More retries than usual, because {other} was slow.",
                    "A week without any release, and so without restarts.",
                ),
                factors=(
                    "Frequent releases had hidden the leak",
                    "Memory is not shown on the dashboard",
                ),
                mitigations=(
                    "instances were restarted every ten minutes until the fix was out",
                    "the leaking code path was switched off",
                ),
                preventions=(
                    "Fix the leak in the retry code of {service}",
                    "Run {service} for a week under load before a major release",
                ),
            ),
        ),
    ),
    Cause(
        category="network",
        share=0.07,
        stories=(
            Story(
                titles=(
                    "Packet loss between {service} and {other}",
                    "Faulty router slows {service}",
                ),
                began=("Packet loss of {number} per mille between zones begins",),
                root_causes=(
                    "A faulty router dropped packets between two zones, and {service} saw timeouts.",
                ),
                triggers=(
                    "A line card of a router failed.",
                    "The carrier moved traffic to a weak line.",
                ),
                factors=("Network errors are counted but nobody is alerted",),
                mitigations=(
                    "traffic was routed around the faulty link",
                    "the router was taken out of service",
                ),
                preventions=(
                    "Add a second network path for {service}",
                    "Watch packet loss between the zones of {service}",
                ),
            ),
            Story(
                titles=("Network partition isolates {service}",),
                began=("{service} loses its connection to {other}",),
                root_causes=(
                    "The network between {service} and {other} was partitioned after a switch failed.",
                ),
                triggers=(
                    "A switch failed.",
                    "A route was withdrawn by the network carrier.",
                ),
                factors=(
                    "Only one path exists between the zones",
                    "Both zones, NORTH-1 and NORTH-2, hang on it",
                    "Both nodes of the pair hung on one switch",
                ),
                mitigations=(
                    "the switch was replaced and the route restored",
                    "{service} was moved to the other zone",
                ),
                preventions=(
                    "Connect {service} over two switches",
                    "Practise the loss of a zone with {service}",
                ),
            ),
            Story(
                titles=(
                    "Name resolution failures in {service}",
                    "{service} cannot resolve {other}",
                ),
                began=("{service} can no longer resolve the name of {other}",),
                root_causes=(
                    "DNS resolution failed for {service} because the resolvers lost their route to the "
                    "network's core.",
                ),
                triggers=(
                    "A restart of both resolvers at once.",
                    "A route was withdrawn by the network carrier.",
                ),
                factors=(
                    "Names are not cached",
                    "The resolvers share one route",
                ),
                mitigations=(
                    "the resolvers were restarted and the route restored",
                    "addresses were written into the hosts file for the time being",
                ),
                preventions=(
                    "Cache resolved names in {service}",
                    "Give the resolvers of {service} separate routes",
                ),
            ),
        ),
    ),
    Cause(
        category="credentials-certificates",
        share=0.05,
        stories=(
            Story(
                titles=(
                    "Expired certificate on {service}",
                    "{service} rejects connections: certificate expired",
                ),
                began=("The TLS certificate of {service} expires",),
                root_causes=(
                    "The TLS certificate of {service} expired; its renewal had failed silently for "
                    "{number} days.",
                ),
                triggers=("The certificate's end date passed.",),
                factors=(
                    "Renewal failures raise no alert",
                    "The certificate was missing from the inventory",
                ),
                mitigations=("a new certificate was issued and installed",),
                preventions=(
                    "Alert 30 days before any certificate of {service} expires",
                    "Put the certificates of {service} into the inventory",
                ),
            ),
            Story(
                titles=(
                    "Expired token stops {service}",
                    "{service} locked out of {other}",
                ),
                began=("The token that {service} uses for {other} expires",),
                root_causes=(
                    "The credentials that {service} uses to call {other} expired and nobody owned their "
                    "renewal.",
                ),
                triggers=("A token reached the end of its life.",),
                factors=(
                    "Tokens are renewed by hand",
                    "The owner of the token had changed teams",
                ),
                mitigations=(
                    "the token was renewed by hand",
                    "new credentials were issued",
                ),
                preventions=(
                    "Renew the credentials of {service} automatically",
                    "List the owners of all tokens of {service}",
                ),
            ),
        ),
    ),
    Cause(
        category="data",
        share=0.05,
        stories=(
            Story(
                titles=(
                    "Corrupted records in {service}",
                    "Malformed import breaks {service}",
                ),
                began=(
                    "The import into {service} begins with a malformed file",
                    "First corrupted record is written by {service}",
                ),
                root_causes=(
                    "A malformed import file led to corrupted records in {service}; rows were not checked "
                    "on the way in.",
                ),
                triggers=(
                    "The nightly import of {number} thousand records.",
                    "A supplier changed the column order of its file.",
                ),
                factors=(
                    "Imports are not validated",
                    "The file was not even valid UTF-8",
                    "Nobody compared its SHA-256 sum with the supplier's",
                    "The import runs unattended",
                ),
                mitigations=(
                    "the import was undone from the backup",
                    "the corrupted records were repaired by a script",
                ),
                preventions=(
                    "Validate every import into {service}",
                    "Refuse files with unknown columns in {service}",
                ),
            ),
            Story(
                titles=(
                    "Wrong figures from {service}",
                    "Duplicate rows written by {service}",
                ),
                began=("A backfill writes the first duplicate records to {service}",),
                root_causes=("A backfill wrote duplicate records, and {service} counted them twice.",),
                triggers=("A backfill started a second time after a time-out.",),
                factors=(
                    "There is no check of totals after an import",
                    "Backfills are not idempotent",
                ),
                mitigations=("the duplicate records were deleted and totals recomputed",),
                preventions=(
                    "Compare totals after each backfill of {service}",
                    "Give the records of {service} a unique key",
                ),
            ),
        ),
    ),
    Cause(
        category="human-procedure",
        share=0.04,
        stories=(
            Story(
                titles=(
                    "Production tables of {service} dropped by mistake",
                    "Manual clean-up deletes live data of {service}",
                ),
                began=("The clean-up command is run against the production {service}",),
                root_causes=(
                    "An operator ran the clean-up command against production by mistake; the runbook of "
                    "{service} does not say which environment it is for.",
                ),
                triggers=("Manual clean-up work.",),
                factors=(
                    "Prompts look the same in staging and production",
                    "Everybody on call may drop tables",
                ),
                mitigations=("the tables were restored from the last backup",),
                preventions=(
                    "Replace the manual clean-up of {service} by a reviewed job",
                    "Ask for a second person before destructive commands on {service}",
                ),
            ),
            Story(
                titles=(
                    "{service} stopped during manual work",
                    "Wrong instances of {service} restarted",
                ),
                began=("Manual restart of the wrong {service} instances",),
                root_causes=(
                    "A manual step of the runbook was carried out in the wrong order and stopped {service}.",
                ),
                triggers=(
                    "A step of the runbook done by hand.",
                    "A restart asked for by support.",
                ),
                factors=(
                    "The runbook was last changed two years ago",
                    "The names of the instances differ in one letter",
                ),
                mitigations=("the stopped instances were started again",),
                preventions=(
                    "Turn the restart runbook of {service} into a script",
                    "Rename the instances of {service} so that they cannot be mistaken",
                ),
            ),
        ),
    ),
)
