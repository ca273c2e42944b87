"""Calendars: meetings as iCalendar for mails, subscriptions and answers, and the working week."""
