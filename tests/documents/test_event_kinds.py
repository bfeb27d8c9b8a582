"""What timeline rows say happened, and what they only seem to say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.timelines.event_kinds import event_kind
from pipeline.documents.timelines.event_rules import RULES, VETOES, Rule, Veto

#: Rows that speak of trouble and its end, and state neither: told in the words of many teams.
SAYS_NOTHING = """
Errors begin to fall after the second restart
Errors slowly started to decline
Error counts start dropping on the edge
Timeouts: errors began to ease off
The problem begins to clear up in Oslo
The outage starts to lessen as caches fill
Failures start tapering off
Issue starts to resolve itself
Impact began to shrink
Errors started going away
Degradation started improving
Problems started to settle down
Failures begin to disappear from the graph
The issue began to fade
Errors started returning to normal
Resolved a merge conflict in the hotfix
Resolved the review comments
Resolved Mia's ticket about invoices
Resolved hostnames by hand to rule out DNS
Resolved dependencies of the build
Fixed issue with Leo's laptop
Fixed an issue in the seed script
Fixed the problem on the test bench
Fixed errors in the runbook
Fixed issue where the banner overlapped the menu
Ended the incident call
Ended incident bridge
End of the incident call
End of outage review
End of incident meeting
Start of incident call
Start of the outage bridge
Start of incident review
Start of the incident response
Start of incident channel
Incident ticket closed
Incident channel closed
Issue resolved for premium customers
Issue resolved for 60% of tenants
Issue resolved for customers in Asia
Issue fixed in one of three zones
Outage ended for mobile users
Outage ended in Dublin, Lyon is next
Problem solved for most accounts
Incident resolved within the EU cluster
Issue is fixed on node 4
Issue resolved on two of five shards
Problem fixed in the sandbox
Issue fixed in staging
The issue was fixed upstream
Issue was fixed in 4.2 and not in 4.1
One of the two sites is back online
Half of the services restored
30% of traffic restored
Service restored for internal staff
Service restored in Frankfurt only
Services restored in Asia, Europe still down
Website back online, search remains broken
Website is back up but payments are failing
API is back online but slow
Site is back up although images are missing
Everything is working again except exports
All systems operational except the search
All services recovered apart from billing
App is up again, then down again
Latency returned to normal, then rose once more
Error rate returned to normal but then it fell over
Mitigated by adding two workers, no effect
Mitigated by a restart, which did not help
Service restored temporarily
Service is partially restored
Service may be restored by noon
Service should be restored soon
Service will be restored within the hour
Service could not be restored
Service has not recovered
The outage is not resolved
We hope the outage is resolved
Ana believes the issue is fixed
If the issue is resolved we will close the bridge
Waiting until the service is restored
Once the service is restored, caches are warmed
Tried to bring the site back online
Trying to get the platform back online
Verify that the issue is resolved
Checking whether the outage is over
Is the outage over?
Repaired the dashboard panel
Repaired a broken link in the wiki
A previous incident was resolved
A similar issue was fixed last month
Another outage was resolved
Team notified customers
Team notified the account managers
Team notified leadership
Initial report sent to the board
First report to management
Initial notification published
First report shared with partners
First alert tuning done
First error budget review
First failure hypothesis discarded
First failure theory dismissed
Alerts stopped firing
Alerts have cleared
Alert resolved by itself
Alarm cleared
The pager alert was closed
Monitor triggered a recovery notice
Monitoring detected recovery
Monitoring detected that traffic recovered
Pingdom alert: the check recovered
Customers report that orders work again
Customers report that the shop is working again
Users report everything is back to normal
Support reports that the problem is fixed
Support reports no more complaints
Users report no further errors
Customers still report slow pages
Alert fires for a resolved condition
Alert fires on an unrelated host
Alert fires in staging
A second alert fires
Another alarm fires for the standby
An additional customer reports it
Users complained last week about it
Users reported slowness yesterday
Customers report errors after the rollback
Customers reported errors after the fix too
No customer reported the problem
No alert fired
The alert should have fired
An alert would have fired at 10 errors
Ben notices that errors stopped
Ben notices fewer errors
Ben notices that the problem is gone
Site was down for maintenance
Site went down for a failover test
Server goes down for patching
System was unavailable during a load test
The database was unavailable during scheduled maintenance
We think the outage started earlier
Perhaps the incident began with the deploy
The outage started again
Logs from around the start of the outage
Customers asked when the outage started
An incident would be declared at ten failures
Incident was not declared
Success rate dropped to 0.7%
Success rate falls to 09 percent
Outage window announced
Incident report written
Incident closed as a false alarm
Maintenance window ended
Status page updated
Deploy finished
""".strip().splitlines()

#: Rows that say it, with words about them that look like a veto's.
SAYS_SO = """
started|Errors begin right after the rollout
started|The outage starts, traffic drops to nothing
started|Incident begins: queue grows
started|The site goes down
started|Checkout service becomes unavailable
started|First errors in the gateway
detected|The alert fires for the checkout
detected|Customers report errors
detected|Users report that the shop is down
detected|Team is alerted by the pager
detected|On-call is paged
detected|First alert
detected|Monitoring detects a rise in errors
detected|Ben notices failing logins
detected|First customer report
declared|SEV2 declared
declared|Incident commander declares a SEV1 incident
mitigated|Service restored
mitigated|Service restored for all users
mitigated|Service is restored for our customers
mitigated|Everything back to normal
mitigated|The site is back online
mitigated|The site is back online; Ana continues to monitor
mitigated|Error rates return to normal
mitigated|The incident is mitigated by the rollback
mitigated|All systems operational again
resolved|Incident resolved
resolved|The issue is resolved for everyone
resolved|The issue is fixed in production
resolved|The outage is over
resolved|Resolved by rolling back
resolved|Resolved
resolved|Issue fixed in 20 minutes
resolved|Outage ended on its own
resolved|Incident resolved, monitoring continues
resolved|Incident closed
acknowledged|Ana acknowledges the page
""".strip().splitlines()


@pytest.mark.parametrize("row", SAYS_NOTHING)
def test_a_row_of_mixed_or_other_meaning_has_no_kind(row: str) -> None:
    """Ways back, parts, tasks, papers, other occasions, denials and hopes are no start, detection or end."""
    assert event_kind(row) is None


@pytest.mark.parametrize("row", SAYS_SO)
def test_a_plain_row_keeps_its_kind(row: str) -> None:
    """What takes back a mixed row leaves a plain one alone."""
    kind, words = row.split("|")
    found = event_kind(words)
    assert (found[0] if found else None) == kind


@pytest.mark.parametrize("veto", VETOES, ids=lambda veto: veto.says)
def test_every_veto_has_rows_that_it_leaves_without_a_kind(veto: Veto) -> None:
    """The examples that stand beside it in the list."""
    assert [
        (row, found[0]) for row in veto.examples if (found := event_kind(row)) and found[0] in veto.kinds
    ] == []


def _is_bare_end(row: str) -> bool:
    return row.startswith(("mitigated|", "resolved|")) and not any(
        w in row for w in (" for ", " in ", ";", ",")
    )


@given(
    st.sampled_from([row.split("|") for row in SAYS_SO if _is_bare_end(row)]),
    st.sampled_from(
        [
            " for EU customers",
            " in one of two regions",
            ", but checkout is still failing",
            ", US still down",
            ", then it went down again",
            " except search",
            " in staging",
        ]
    ),
)
def test_an_end_of_a_part_is_no_end(said: list[str], part: str) -> None:
    """Whatever the words for the end, those for a part of it take it back."""
    assert event_kind(said[1] + part) is None


@given(st.text(max_size=200))
def test_any_row_is_read_without_raising(text: str) -> None:
    """Whatever is written, the words that decide are words of the row."""
    found = event_kind(text)
    assert found is None or found[1] in text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.kind}: {rule.says}")
def test_every_rule_reads_its_rows_and_leaves_those_that_come_near(rule: Rule) -> None:
    """The examples beside each rule: its pattern matches them, they have its kind, and the others not."""
    pattern = re.compile(rule.expression, re.IGNORECASE)
    for row in rule.matches:
        found = event_kind(row)
        assert (row, found and found[0], pattern.search(row) is not None) == (row, rule.kind, True)
        assert any(stem in row.lower() for stem in rule.stems), row
    assert [row for row in rule.leaves if (found := event_kind(row)) and found[0] == rule.kind] == []
