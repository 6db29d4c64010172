/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/measures.h"

#include "lookup/side.h"

#include <stdlib.h>
#include <string.h>

enum { DAY_2021_01_01 = 18628, DAY_2023_01_01 = 19358 };

/* Levels, and the day from which AMA's guideline of levels by time or decision holds. */
static const struct {
	const char *name;
	uint8_t levels;
	int32_t change;
} families[EM_FAMILIES] = {
        [EM_OFFICE_NEW] = {"office_new", 5, DAY_2021_01_01},
        [EM_OFFICE_EST] = {"office_est", 5, DAY_2021_01_01},
        [EM_ED] = {"ed", 5, DAY_2023_01_01},
        [EM_HOSPITAL_INITIAL] = {"hospital_initial", 3, DAY_2023_01_01},
        [EM_HOSPITAL_SUBSEQUENT] = {"hospital_subsequent", 3, DAY_2023_01_01},
        [EM_SNF_INITIAL] = {"snf_initial", 3, DAY_2023_01_01},
        [EM_SNF_SUBSEQUENT] = {"snf_subsequent", 4, DAY_2023_01_01},
        [EM_HOME_NEW] = {"home_new", 5, DAY_2023_01_01},
        [EM_HOME_EST] = {"home_est", 4, DAY_2023_01_01},
        [EM_CONSULT_OFFICE] = {"consult_office", 5, DAY_2023_01_01},
        [EM_CONSULT_HOSPITAL] = {"consult_hospital", 5, DAY_2023_01_01},
};

const char *em_family_text(unsigned family)
{
	return families[family].name;
}

unsigned em_family_levels(unsigned family)
{
	return families[family].levels;
}

/* Cells of the provider at hand. */
struct cells_read {
	const struct measures_options *options;
	struct profile_cell *cells;
	size_t room, count;
};

static int read_cells(struct cells_read *read, uint32_t number)
{
	return profile_cells(
	        read->options->profile, number, &read->cells, &read->room, &read->count);
}

/* ---- Members ---- */

static uint8_t setting_of(const struct cells_read *read)
{
	uint64_t lines[AT_LAB + 1] = {0};
	uint8_t most = AT_UNKNOWN;

	for (size_t i = 0; i < read->count; i++) {
		if (read->cells[i].kind == PROFILE_KIND_POS)
			lines[setting_of_place((uint16_t)read->cells[i].key)] +=
			        read->cells[i].lines;
	}
	for (uint8_t setting = AT_OFFICE; setting <= AT_LAB; setting++) {
		if (lines[setting] > lines[most] || (most == AT_UNKNOWN && lines[setting] > 0))
			most = setting;
	}
	return most;
}

/* Has it an id that can be a provider's, and lines? */
static bool is_member(const struct profile_provider *provider)
{
	enum id_kind kind = id_kind(provider->id);

	return provider->lines > 0 && kind != ID_NONE && kind != ID_BLANK && kind != ID_PLACEHOLDER;
}

static int read_member(
        struct measures *measures, struct cells_read *read, uint32_t number, uint32_t place)
{
	struct profile_provider provider;
	struct side_provider said = {0};

	profile_read(read->options->profile, number, &provider);
	if (!is_member(&provider))
		return 0;
	if (read->options->providers)
		said = side_provider_find(read->options->providers, provider.id);
	int err = read_cells(read, number);

	if (err < 0)
		return err;
	measures->members[measures->member_count++] = (struct member){
	        .number = number,
	        .place = place,
	        .specialty = said.specialty ? said.specialty : provider.specialty,
	        .state = said.state ? said.state : provider.state,
	        .entity_type = said.entity_type ? said.entity_type : provider.entity_type,
	        .setting = setting_of(read),
	};
	return 0;
}

static int read_members(struct measures *measures, struct cells_read *read)
{
	uint32_t *order = NULL;
	size_t count = 0;
	int err = profile_order(read->options->profile, &order, &count);

	if (err < 0)
		return err;
	measures->members = calloc(count + 1, sizeof(*measures->members));
	measures->of = calloc(count + 1, sizeof(*measures->of));
	if (!measures->members || !measures->of)
		err = FAIL_MEMORY;
	for (size_t i = 0; i < count && err >= 0; i++)
		err = read_member(measures, read, order[i], (uint32_t)i);
	free(order);
	if (err >= 0)
		members_sort(measures->members, measures->member_count);
	return err;
}

/* ---- Cells ---- */

static void *grown(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	size_t larger = *room ? 2 * *room : 1024;
	void *moved = realloc(array, larger * size);

	if (moved)
		*room = larger;
	return moved;
}

static int64_t fee_amount(const struct measures_options *options, const struct profile_cell *cell)
{
	if (options->has_allowed)
		return cell->allowed;
	return options->has_paid ? cell->paid : cell->charge;
}

static int64_t paid_amount(const struct measures_options *options, const struct profile_cell *cell)
{
	if (options->has_paid)
		return cell->paid;
	return options->has_allowed ? cell->allowed : cell->charge;
}

/* The entry of a member's family, made if new. */
static struct em_levels *em_entry(struct measures *measures, uint32_t member, uint8_t family)
{
	if (measures->em_count > 0) {
		struct em_levels *last = &measures->em[measures->em_count - 1];

		if (last->member == member && last->family == family)
			return last;
	}
	struct em_levels *em = grown(
	        measures->em, measures->em_count, &measures->em_room, sizeof(*measures->em));

	if (!em)
		return NULL;
	measures->em = em;
	em += measures->em_count++;
	*em = (struct em_levels){.member = member, .family = family};
	return em;
}

/* Cells of a family stand together: their printed keys begin alike. */
static int add_em(struct measures *measures, const struct cells_read *read, uint32_t member,
        const struct profile_cell *cell)
{
	unsigned family = (unsigned)(cell->key >> 8), level = cell->key & 0xff;

	if (family >= EM_FAMILIES || level < 1 || level > families[family].levels)
		return 0;
	struct em_levels *em = em_entry(measures, member, (uint8_t)family);

	if (!em)
		return FAIL_MEMORY;
	em->counts[level - 1] += cell->lines;
	em->amounts[level - 1] += fee_amount(read->options, cell);
	em->n += cell->lines;
	return 0;
}

static int add_month(
        struct measures *measures, const struct cells_read *read, const struct profile_cell *cell)
{
	struct month_sum *months = grown(measures->months, measures->month_count,
	        &measures->month_room, sizeof(*measures->months));

	if (!months)
		return FAIL_MEMORY;
	measures->months = months;
	if (cell->lines > 0)
		months[measures->month_count++] = (struct month_sum){
		        (int32_t)cell->key, paid_amount(read->options, cell)};
	return 0;
}

static void add_code(
        struct member_measures *of, const struct cells_read *read, const struct profile_cell *cell)
{
	int64_t paid = paid_amount(read->options, cell);

	of->code_lines += cell->lines;
	of->herfindahl += (double)cell->lines * (double)cell->lines;
	of->code_paid += paid;
	if (paid > of->top_paid) {
		of->top_paid = paid;
		of->top_code = cell->key;
	}
}

static int add_cell(struct measures *measures, const struct cells_read *read, uint32_t member,
        const struct profile_cell *cell)
{
	struct member_measures *of = &measures->of[member];

	switch (cell->kind) {
	case PROFILE_KIND_EM:
		return add_em(measures, read, member, cell);
	case PROFILE_KIND_MONTH:
		return add_month(measures, read, cell);
	case PROFILE_KIND_CODE:
		add_code(of, read, cell);
		return 0;
	case PROFILE_KIND_DIGIT:
		if (cell->key >= 1 && cell->key <= DIGITS) {
			of->digits[cell->key - 1] += cell->lines;
			of->digit_count += cell->lines;
		}
		return 0;
	default:
		return 0;
	}
}

/* Which side of its families' changes a provider's services were on. */
static void set_sides(struct measures *measures, size_t from, const struct profile_provider *read)
{
	for (size_t i = from; i < measures->em_count; i++) {
		struct em_levels *em = &measures->em[i];
		int32_t change = families[em->family].change;

		em->after = read->last_date >= change;
		em->mixed = em->after && read->first_date < change;
	}
}

static int measure(struct measures *measures, struct cells_read *read, uint32_t member)
{
	struct member_measures *of = &measures->of[member];
	struct profile_provider provider;
	size_t em_from = measures->em_count;
	int err = read_cells(read, measures->members[member].number);

	of->months_from = (uint32_t)measures->month_count;
	for (size_t i = 0; i < read->count && err >= 0; i++)
		err = add_cell(measures, read, member, &read->cells[i]);
	of->months_to = (uint32_t)measures->month_count;
	if (of->code_lines > 0)
		of->herfindahl /= (double)of->code_lines * (double)of->code_lines;
	profile_read(read->options->profile, measures->members[member].number, &provider);
	set_sides(measures, em_from, &provider);
	return err;
}

int measures_read(struct measures *measures, const struct measures_options *options)
{
	struct cells_read read = {.options = options};

	memset(measures, 0, sizeof(*measures));
	int err = read_members(measures, &read);

	for (uint32_t i = 0; i < measures->member_count && err >= 0; i++)
		err = measure(measures, &read, i);
	free(read.cells);
	return err < 0 ? FAIL_MEMORY : 0;
}

void measures_free(struct measures *measures)
{
	free(measures->members);
	free(measures->of);
	free(measures->em);
	free(measures->months);
	memset(measures, 0, sizeof(*measures));
}
