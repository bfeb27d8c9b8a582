-- The accounts whose doings are no activity.
-- One row per account, by whatever name the settings give it.
-- Key: folded_account.
SELECT DISTINCT lower(trim(account)) AS folded_account
FROM settings.automation_accounts
