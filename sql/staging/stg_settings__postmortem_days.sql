-- How many days were agreed from the end of an incident until its postmortem is written, or reviewed.
-- One row per step (written, reviewed) and severity; null stands for any severity without a row of its own.
-- Key: step, severity.
SELECT
    step,
    severity,
    min(days) AS days
FROM settings.postmortem_days
GROUP BY step, severity
