"""What leads do at the screen: a file a resource. Every request but the first names the lead's session."""

from kiosk.web.lead import (
    carry,
    delivery,
    find,
    gear,
    journal,
    leads,
    people,
    session,
    settings,
    shift,
)

RESOURCES = (
    session.sessions,
    leads.leads,
    people.people,
    find.finding,
    shift.shifts,
    gear.gears,
    journal.journals,
    settings.settings,
    carry.carries,
    delivery.deliveries,
)
"""Every resource of the lead."""
