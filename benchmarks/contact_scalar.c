/* One replicate after the other: the plain C program that the kernel is measured against.
 *
 * Every sum, product and exponential stands in the kernel's order, so that without contraction (-ffp-contract=off)
 * and with the same libm the results are the kernel's bit for bit.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "contact.h"

#define PER_OCTAVE 1.4426950408889634 /* 1 / ln 2 */

typedef struct {
    double *orientation, *coverage, *strength, *faded, *wished;
    int64_t *tied;
    int8_t *present, *present_ours, *departing, *handed;
    double shock, spent, value_access;
} State;

static inline double uniform(uint64_t key, uint64_t entity, uint64_t second)
{
    return (double)bits(key, entity, second) * 0x1p-53;
}

/* 2^power in the kernel's own way, without a call, so that the compiler can make vectors of it. */
static inline double two_to(double power)
{
    const double whole = 0x1.8p52;
    power = power > -1020.0 ? power : -1020.0;
    union { double d; int64_t i; } shifted = {power + whole}, scale;
    double r = power - (shifted.d - whole), q = r * r;
    double even = 7.072585949269223e-09;
    even = even * q + 1.321544258792169e-06;
    even = even * q + 0.0001540353044173605;
    even = even * q + 0.009618129107606888;
    even = even * q + 0.24022650695910097;
    even = even * q + 1.0;
    double odd = 1.0208690299958306e-07;
    odd = odd * q + 1.5252657260200837e-05;
    odd = odd * q + 0.0013333558230164974;
    odd = odd * q + 0.05550410866444772;
    odd = odd * q + 0.69314718055995;
    scale.i = (int64_t)(((uint64_t)shifted.i << 52) + (UINT64_C(1023) << 52));
    return (even + odd * r) * scale.d;
}

static inline double contact(double s, double effort, double gain)
{
    return 1.0 - (1.0 - s) * two_to(-PER_OCTAVE * gain * effort);
}

static inline double wish(const Problem *p, double weight, double s)
{
    return p->reassign ? weight * (1.0 + p->weak * (1.0 - s)) : weight;
}

static inline double coverage_of(const double *strength, int64_t slots)
{
    double open = 1.0;
    for (int64_t k = 0; k < slots; k++)
        open *= 1.0 - strength[k];
    return 1.0 - open;
}

static void happen(const Problem *p, State *st, uint64_t of_month, int64_t month, int8_t *missed)
{
    for (int64_t i = 0; i < p->seats; i++)
        if (p->joined[i] == month) {
            st->present[i] = PRESENT;
            st->orientation[i] = p->o_base;
        }
    for (int64_t x = 0; x < p->events; x++) {
        if (p->event_month[x] != month)
            continue;
        int64_t at = p->event_at[x];
        switch (p->event_kind[x]) {
        case SEAT_LEAVES:
            if (st->present[at] == ABSENT)
                missed[x] = 1;
            else
                st->present[at] = LEAVING;
            break;
        case OURS_LEAVES:
            if (st->present_ours[at] == ABSENT)
                missed[x] = 1;
            else
                st->present_ours[at] = LEAVING;
            break;
        case NEW_MANAGER:
            if (st->present_ours[at] == ABSENT)
                missed[x] = 1;
            else
                st->handed[at] = 1;
            break;
        case REORGANISES: {
            uint64_t key = kind_key(of_month, REORGANISED);
            for (int64_t i = 0; i < p->seats; i++)
                if (p->function[i] == at && st->present[i] == PRESENT
                    && uniform(key, p->entity[i], 0) < p->event_share[x])
                    st->present[i] = LEAVING;
            break;
        }
        }
    }
}

static double relation(const Problem *p, const State *st)
{
    double total = 0.0;
    for (int64_t i = 0; i < p->seats; i++)
        if (st->present[i] == PRESENT && st->orientation[i] > 0.0)
            total += p->weight[i] * st->coverage[i] * st->orientation[i];
    return total;
}

static int turn_over(const Problem *p, State *st, uint64_t of_month)
{
    uint64_t departs = kind_key(of_month, OURS_DEPART), arrives = kind_key(of_month, OURS_ARRIVE);
    int changed = 0;
    for (int64_t j = 0; j < p->ours; j++) {
        if (st->present_ours[j] == ABSENT) {
            if (uniform(arrives, p->entity_ours[j], 0) < p->replacement_ours)
                st->present_ours[j] = PRESENT;
        } else if (st->present_ours[j] == LEAVING
                   || uniform(departs, p->entity_ours[j], 0) < p->leave_ours[j]) {
            st->present_ours[j] = ABSENT;
            st->handed[j] = 1;
        }
        changed |= st->handed[j];
    }
    return changed;
}

static void hand_over(const Problem *p, State *st)
{
    int64_t slots = p->slots;
    for (int64_t i = 0; i < p->seats; i++) {
        int touched = 0;
        double *s = st->strength + i * slots;
        for (int64_t k = 0; k < slots && p->owner[i * slots + k] >= 0; k++)
            if (st->handed[p->owner[i * slots + k]] && s[k] > 0.0) {
                s[k] *= p->handover;
                touched = 1;
            }
        if (touched)
            st->coverage[i] = coverage_of(s, slots);
    }
}

static void people(const Problem *p, State *st, uint64_t of_month, int64_t month, int8_t *missed)
{
    int64_t seats = p->seats, slots = p->slots, vacant = 0;
    memset(st->handed, 0, (size_t)p->ours);
    happen(p, st, of_month, month, missed);

    uint64_t key = kind_key(of_month, DEPARTS);
    const uint64_t *restrict entity = p->entity;
    const double *restrict leave = p->leave;
    int8_t *restrict departing = st->departing;
    for (int64_t i = 0; i < seats; i++)
        departing[i] = uniform(key, entity[i], 0) < leave[i];

    double gone = 0.0, deciding = 0.0, stayed = 0.0, stayed_orientation = 0.0, total = 0.0, others = 0.0;
    for (int64_t i = 0; i < seats; i++) {
        if (p->joined[i] > month)
            continue;
        double w = p->weight[i];
        total += w;
        deciding += p->decisive[i];
        if (departing[i] && st->present[i] == PRESENT)
            st->present[i] = LEAVING;
        if (st->present[i] == PRESENT) {
            stayed += w;
            stayed_orientation += w * st->orientation[i];
            others += w * st->coverage[i];
            continue;
        }
        vacant++;
        if (st->present[i] == LEAVING) {
            gone += p->decisive[i];
            st->coverage[i] = 0.0;
            for (int64_t k = 0; k < slots; k++)
                st->strength[i * slots + k] = 0.0;
        }
    }
    double share = ratio(gone, deciding);
    double hit = (share < 1.0 ? share : 1.0) * (1.0 - ratio(others, total));

    if (vacant) {
        uint64_t arrives = kind_key(of_month, ARRIVES), luck = kind_key(of_month, NEWCOMER);
        double mean = ratio(stayed_orientation, stayed);
        for (int64_t i = 0; i < seats; i++) {
            if (st->present[i] == PRESENT || p->joined[i] > month)
                continue;
            if (st->present[i] == LEAVING)
                st->present[i] = ABSENT;
            else if (uniform(arrives, entity[i], 0) < p->replacement_theirs) {
                st->present[i] = PRESENT;
                double u = uniform(luck, entity[i], 0);
                st->orientation[i] = p->mood * mean + (1.0 - p->mood) * (2.0 * u - 1.0);
            }
        }
    }
    if (turn_over(p, st, of_month)) {
        double before = relation(p, st);
        hand_over(p, st);
        double after = relation(p, st);
        if (after < before) {
            double was = ratio(before, total), is = ratio(after, total);
            double lost = p->follow * (was - is) / (was + p->r_half);
            hit = lost > hit ? lost : hit;
        }
    }
    double faded = st->shock * (1.0 - 1.0 / p->shock_fade);
    st->shock = faded + (1.0 - faded) * hit;
}

/* The ties that there are one after the other, so that the compiler takes several at once. */
static void fade_ties(const Problem *p, State *st, int64_t month)
{
    int64_t slots = p->seats * p->slots, ties = 0;
    int idle = month > p->planned;
    double octaves = log(p->half_strong / p->half_weak) * PER_OCTAVE;
    double rate = -(p->decay_scale / p->half_weak), gone_below = p->decay_scale > 0.0 ? p->s_gone : 0.0;
    double *restrict strength = st->strength, *restrict faded = st->faded;
    int64_t *restrict tied = st->tied;
    for (int64_t at = 0; at < slots; at++) {
        tied[ties] = at;
        faded[ties] = strength[at];
        ties += strength[at] > 0.0;
    }
    for (int64_t n = 0; n < ties; n++)
        faded[n] *= two_to(rate * two_to(-octaves * faded[n]));
    for (int64_t n = 0; n < ties; n++)
        strength[tied[n]] = idle && p->wanted[tied[n]] == 0.0 && faded[n] < gone_below ? 0.0 : faded[n];
}

static void fade(const Problem *p, State *st, int64_t month)
{
    int64_t slots = p->slots;
    fade_ties(p, st, month);
    for (int64_t j = 0; j < p->ours; j++)
        st->wished[j] = 0.0;
    for (int64_t i = 0; i < p->seats; i++) {
        if (st->present[i] == ABSENT && (p->reassign || p->joined[i] > month))
            continue;
        for (int64_t k = i * slots; k < (i + 1) * slots; k++)
            if (p->wanted[k] > 0.0)
                st->wished[p->owner[k]] += wish(p, p->wanted[k], st->strength[k]);
    }
}

static double reach_of(const Problem *p, const State *st, int64_t i)
{
    double reach = 0.0;
    for (int64_t line = p->line_start[i]; line < p->line_start[i + 1]; line++) {
        int64_t other = p->line_from[line];
        double o = st->orientation[other];
        if (o > 0.0)
            reach += fabs(p->line_pull[line]) * st->coverage[other] * o;
    }
    return reach;
}

static void meet(const Problem *p, State *st, uint64_t of_month, int64_t month)
{
    int64_t slots = p->slots;
    uint64_t key = kind_key(of_month, OPENS);
    int planned = month <= p->planned;
    const double *hours = p->hours + month * p->ours;
    const double *effort = p->effort + (month - 1) * p->seats * slots;
    const double *effort_hours = p->effort_hours + (month - 1) * p->seats * slots;
    double spent = 0.0;
    for (int64_t i = 0; i < p->seats; i++) {
        if (st->present[i] == ABSENT)
            continue;
        double reach = -1.0;
        for (int64_t k = i * slots; k < (i + 1) * slots; k++) {
            double s = st->strength[k], wanted = p->wanted[k];
            int64_t j = p->owner[k];
            if (wanted == 0.0 && !planned)
                continue;
            int met = 0;
            if (planned) {
                if (j >= 0 && st->present_ours[j] == PRESENT && effort[k] > 0.0) {
                    s = contact(s, effort[k], p->contact_gain);
                    spent += effort_hours[k];
                    met = 1;
                }
            } else if (st->present_ours[j] == PRESENT && hours[j] > 0.0) {
                double h = hours[j] * wish(p, wanted, s) / st->wished[j];
                spent += h;
                if (s > 0.0) {
                    double effective = h > p->attention ? h - p->attention : 0.0;
                    if (effective > 0.0) {
                        s = contact(s, effective, p->contact_gain);
                        met = 1;
                    }
                } else {
                    /* 1 - exp(-y) is below y, and the reach is at most 1 */
                    double u = uniform(key, p->entity[i], p->entity_ours[j]);
                    if (u < p->new_tie_rate * h * (1.0 + p->referral) + 1e-9) {
                        if (reach < 0.0)
                            reach = reach_of(p, st, i);
                        if (u < 1.0 - exp(-p->new_tie_rate * h * (1.0 + p->referral * reach))) {
                            s = p->s_new;
                            met = 1;
                        }
                    }
                }
            }
            if (!met && s < p->s_gone && p->decay_scale > 0.0)
                s = 0.0;
            st->strength[k] = s;
        }
    }
    for (int64_t i = 0; i < p->seats; i++)
        st->coverage[i] = coverage_of(st->strength + i * slots, slots);
    st->spent = spent;
}

static void look(const Problem *p, State *st, int64_t month, double *now)
{
    int64_t slots = p->slots, threads = 0;
    double total = 0.0, access = 0.0, support = 0.0, influence = 0.0, covered = 0.0;
    double value_total = 0.0, value_access = 0.0;
    for (int64_t i = 0; i < p->seats; i++) {
        if (p->joined[i] > month)
            continue;
        double w = p->weight[i];
        total += w;
        influence += p->influence[i];
        if (p->talks_value[i])
            value_total += w;
        if (st->present[i] == ABSENT)
            continue;
        double reached = w * st->coverage[i];
        access += reached;
        support += reached * st->orientation[i];
        if (p->talks_value[i])
            value_access += reached;
        if (st->orientation[i] < p->opponent_below)
            continue;
        covered += p->influence[i] * st->coverage[i];
        for (int64_t k = i * slots; k < (i + 1) * slots; k++) {
            int64_t j = p->owner[k];
            if (j >= 0 && st->present_ours[j] == PRESENT && st->strength[k] >= p->thread_min)
                threads++;
        }
    }
    now[ACCESS] = ratio(access, total);
    now[SUPPORT] = ratio(support, total);
    now[COVERAGE] = ratio(covered, influence);
    now[THREADS] = (double)threads;
    st->value_access = ratio(value_access, value_total);
}

static void record(const Problem *p, const State *st, int64_t month, double *now, double *drawn)
{
    double volume = p->volume * p->wallet * 1.0, price = p->price[month];
    double revenue = volume * price, profit = volume * (p->margin - (1.0 - price));
    double cost = (month > 0 ? p->hour_cost : 0.0) * p->hour_scale * st->spent;
    now[SURVIVAL] = 1.0;
    now[REVENUE] = revenue;
    now[MARGIN] = profit - 12.0 * cost;
    now[HOURS] = st->spent;
    if (month > 0) {
        drawn[REVENUE_DRAWN] += revenue / 12.0;
        drawn[MARGIN_DRAWN] += profit / 12.0;
    }
    drawn[MARGIN_DRAWN] -= cost;
    drawn[HOURS_DRAWN] += st->spent;
}

static void reset(const Problem *p, State *st)
{
    int64_t slots = p->slots;
    for (int64_t i = 0; i < p->seats; i++) {
        st->present[i] = p->joined[i] == 0 ? PRESENT : ABSENT;
        st->coverage[i] = coverage_of(p->strength + i * slots, slots);
    }
    memcpy(st->orientation, p->orientation, (size_t)p->seats * sizeof(double));
    memcpy(st->strength, p->strength, (size_t)(p->seats * slots) * sizeof(double));
    memset(st->present_ours, PRESENT, (size_t)p->ours);
    st->shock = st->spent = st->value_access = 0.0;
}

int run(const Problem *p, uint64_t seed, int64_t first, int64_t count, const Results *out)
{
    size_t seats = (size_t)p->seats, ours = (size_t)p->ours, ties = seats * (size_t)p->slots;
    double *floats = calloc(2 * seats + 2 * ties + ours + 1, sizeof(double));
    int64_t *wholes = calloc(ties + 1, sizeof(int64_t));
    int8_t *flags = calloc(2 * seats + 2 * ours + 1, 1);
    if (!floats || !wholes || !flags) {
        free(floats);
        free(wholes);
        free(flags);
        return 1;
    }
    State st = {
        .orientation = floats, .coverage = floats + seats, .strength = floats + 2 * seats,
        .faded = floats + 2 * seats + ties, .wished = floats + 2 * seats + 2 * ties, .tied = wholes,
        .present = flags, .departing = flags + seats,
        .present_ours = flags + 2 * seats, .handed = flags + 2 * seats + ours,
    };
    for (int64_t r = 0; r < count; r++) {
        uint64_t key = replicate_key(seed, first + r);
        int8_t *missed = out->missed + r * p->events;
        double drawn[DRAWN] = {0.0}, now[SERIES];
        memset(missed, 0, (size_t)p->events);
        for (int64_t month = 0; month <= p->months; month++) {
            if (month == 0) {
                reset(p, &st);
            } else {
                uint64_t of_month = month_key(key, month);
                people(p, &st, of_month, month, missed);
                fade(p, &st, month);
                meet(p, &st, of_month, month);
            }
            look(p, &st, month, now);
            record(p, &st, month, now, drawn);
            for (int64_t v = 0; v < SERIES; v++)
                out->series[v * out->series_stride + r * out->replicate_stride + month] = now[v];
        }
        for (int64_t v = 0; v < DRAWN; v++)
            out->drawn[v * out->drawn_stride + r] = drawn[v];
    }
    free(floats);
    free(wholes);
    free(flags);
    return 0;
}
