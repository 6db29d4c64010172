/* SPDX-License-Identifier: Apache-2.0 */
#include "history/mue.h"

#include "history/services.h"

struct mue event_mue(const struct event *event)
{
	const struct procedure_attributes *px = event->px;

	switch ((enum setting)event->run->setting) {
	case SETTING_PRACTITIONER:
		return (struct mue){px->flags & PX_MUE_PRACTITIONER, px->mue_practitioner,
		        px->mai_practitioner};
	case SETTING_OUTPATIENT:
		return (struct mue){
		        px->flags & PX_MUE_OUTPATIENT, px->mue_outpatient, px->mai_outpatient};
	case SETTING_DME:
		return (struct mue){px->flags & PX_MUE_DME, px->mue_dme, px->mai_dme};
	default:
		return (struct mue){false, 0, 0};
	}
}

int64_t event_units_a_day(const struct event *event)
{
	int64_t days = (int64_t)event->line->span + 1, units = event->line->units;
	int64_t per_unit = days * UNITS_ONE;

	if (days == 1)
		return units;
	return (units / per_unit + (units % per_unit * 2 >= per_unit)) * UNITS_ONE;
}

bool event_is_summed(const struct event *event)
{
	return event_has_days(event) && event->line->units != AMOUNT_ABSENT &&
	       !(event->flags & EVENT_DUPLICATE) && !event_has(event, '5', '5') &&
	       !is_assistant(event) && !event_has(event, 'J', 'W') && !event_has(event, 'J', 'Z');
}
