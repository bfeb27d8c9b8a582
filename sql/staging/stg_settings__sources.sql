-- The sources the settings name.
-- One row per source.
-- Key: source.
SELECT
    source,
    kind,
    team,
    time_zone,
    is_restricted
FROM settings.sources
