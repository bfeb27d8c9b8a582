"""Moments, zones, calendars and durations: what people write of time, and what it means in UTC."""
