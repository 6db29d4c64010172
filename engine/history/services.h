/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a line's service is, as several rules ask.
 */
#ifndef HISTORY_SERVICES_H
#define HISTORY_SERVICES_H

#include "history/window.h"

/* An E/M visit: of a family; not a call, a portal message, management of care, or an add-on. */
static inline bool px_is_visit(const struct procedure_attributes *px)
{
	return px->em_family != EM_NONE && px->em_family != EM_OTHER;
}

static inline bool is_visit(const struct event *event)
{
	return px_is_visit(event->px);
}

static inline bool is_em(const struct event *event)
{
	return event->px->em_family != EM_NONE;
}

static inline bool px_has_global(const struct procedure_attributes *px)
{
	return px->global == PX_GLOBAL_000 || px->global == PX_GLOBAL_010 ||
	       px->global == PX_GLOBAL_090;
}

static inline bool has_global(const struct event *event)
{
	return px_has_global(event->px);
}

/* Assistants: 80, 81, 82, AS. */
static inline bool is_assistant(const struct event *event)
{
	return event->marks & MARK_ASSISTANT;
}

/* CMS specialty 49, an ambulatory surgical center: it is paid for the room, not for the period. */
static inline bool is_surgical_center(const struct event *event)
{
	return event->run->specialty == TWO_CHARS('4', '9');
}

/*
 * A procedure with a global period that is its provider's own: not care before
 * or after another's operation, nor assistance, nor the room it was done in.
 */
static inline bool is_surgery(const struct event *event)
{
	return has_global(event) && event_is(event, CLAIM_PROFESSIONAL) &&
	       !is_surgical_center(event) && !event_has(event, '5', '5') &&
	       !event_has(event, '5', '6') && !is_assistant(event);
}

/* First two characters of the bill type: facility and classification. */
static inline uint16_t run_class(const struct history_run *run)
{
	return (uint16_t)(run->bill_type & 0xffff);
}

/* Two lines' providers are one, or of one group and specialty: the keys that are compared. */
static inline bool same_or_group(const struct event *a, const struct event *b)
{
	return (a->run->same && a->run->same == b->run->same) || (a->group && a->group == b->group);
}

#endif
