-- The types of links that lead from an incident's own issue to its action items, where the settings name them.
-- One row per type, in lower case.
-- Key: link_type.
SELECT DISTINCT link_type
FROM settings.action_item_links
