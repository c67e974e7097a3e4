/* LANES replicates at a time, in step: the C program for a processor's vector units.
 *
 * The same draws and rules as contact_scalar.c. Where replicates part ways both ways are computed and one is
 * chosen, or the way is taken for all where any lane needs it. The exponential is this file's own and products
 * may be fused into sums, so results differ from the kernel's in the last digits.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "contact.h"

#ifndef LANES
#define LANES 32
#endif

typedef double Reals[LANES] __attribute__((aligned(64)));
typedef int64_t Wholes[LANES] __attribute__((aligned(64)));
typedef uint64_t Keys[LANES] __attribute__((aligned(64)));

#define PRAGMA(words) _Pragma(#words)
#define EACH PRAGMA(omp simd) for (int l = 0; l < LANES; l++)
#define EACH_OR(flag) PRAGMA(omp simd reduction(|:flag)) for (int l = 0; l < LANES; l++)
#define EACH_OR_BOTH(one, other) PRAGMA(omp simd reduction(|:one, other)) for (int l = 0; l < LANES; l++)

typedef struct {
    Reals *orientation, *coverage, *new_coverage, *strength, *wished;
    Wholes *present, *present_ours, *handed, *leaves_now;
    Reals shock, spent, value_access;
} State;

static inline double unit(int64_t bits)
{
#ifdef __AVX512DQ__
    return (double)bits * 0x1p-53;
#else /* no instruction turns 64-bit integers into floats: set the bits of 2^52 + half of the number */
    union { int64_t i; double d; } high = {(bits >> 26) | INT64_C(0x4330000000000000)};
    union { int64_t i; double d; } low = {(bits & 0x3FFFFFF) | INT64_C(0x4330000000000000)};
    return (high.d - 0x1p52) * 0x1p-27 + (low.d - 0x1p52) * 0x1p-53;
#endif
}

/* u < chance, asked of the 53 bits of u. */
static inline int64_t threshold(double chance)
{
    return (int64_t)ceil(chance * 0x1p53);
}

/* exp(x) for x <= some 700, to about one unit in the last place; 0 below -708. */
static inline double expo(double x)
{
    const double shift = 0x1.8p52;
    x = x > -708.0 ? x : -708.0;
    union { double d; int64_t i; } n = {x * 0x1.71547652b82fep0 + shift}, y;
    double k = n.d - shift;
    double r = x - k * 0x1.62e42fefa0000p-1;
    r = r - k * 0x1.cf79abc9e3b39p-40;
    double e = 1.0 / 479001600;
    e = e * r + 1.0 / 39916800;
    e = e * r + 1.0 / 3628800;
    e = e * r + 1.0 / 362880;
    e = e * r + 1.0 / 40320;
    e = e * r + 1.0 / 5040;
    e = e * r + 1.0 / 720;
    e = e * r + 1.0 / 120;
    e = e * r + 1.0 / 24;
    e = e * r + 1.0 / 6;
    e = e * r + 0.5;
    e = e * r + 1.0;
    e = e * r + 1.0;
    y.d = e;
    y.i += n.i << 52;
    return y.d;
}

static inline void kind_keys(const Keys of_month, int kind, Keys key)
{
    EACH key[l] = kind_key(of_month[l], kind);
}

static inline double chosen(int64_t flag, double yes, double no)
{
    return flag ? yes : no;
}

static void happen(const Problem *p, State *st, const Keys of_month, int64_t month, int8_t *missed[LANES])
{
    for (int64_t i = 0; i < p->seats; i++)
        if (p->joined[i] == month)
            EACH
            {
                st->present[i][l] = PRESENT;
                st->orientation[i][l] = p->o_base;
            }
    for (int64_t x = 0; x < p->events; x++) {
        if (p->event_month[x] != month)
            continue;
        int64_t at = p->event_at[x];
        for (int l = 0; l < LANES; l++) {
            switch (p->event_kind[x]) {
            case SEAT_LEAVES:
                if (st->present[at][l] == ABSENT)
                    missed[l][x] = 1;
                else
                    st->present[at][l] = LEAVING;
                break;
            case OURS_LEAVES:
                if (st->present_ours[at][l] == ABSENT)
                    missed[l][x] = 1;
                else
                    st->present_ours[at][l] = LEAVING;
                break;
            case NEW_MANAGER:
                if (st->present_ours[at][l] == ABSENT)
                    missed[l][x] = 1;
                else
                    st->handed[at][l] = 1;
                break;
            case REORGANISES:
                for (int64_t i = 0; i < p->seats; i++)
                    if (p->function[i] == at && st->present[i][l] == PRESENT
                        && bits(kind_key(of_month[l], REORGANISED), p->entity[i], 0)
                            < threshold(p->event_share[x]))
                        st->present[i][l] = LEAVING;
                break;
            }
        }
    }
}

/* 1d: the ties of those who leave change hands, and what the relation was before and is after. */
static void hand_over(const Problem *p, State *st, double total, Reals hit)
{
    int64_t slots = p->slots;
    Reals before, after;
    EACH before[l] = after[l] = 0.0;
    for (int64_t i = 0; i < p->seats; i++) {
        Reals open;
        Wholes touched;
        double w = p->weight[i];
        EACH open[l] = 1.0;
        EACH touched[l] = 0;
        for (int64_t k = i * slots; k < (i + 1) * slots; k++) {
            int64_t j = p->owner[k];
            double *s = st->strength[k];
            if (j >= 0) {
                const int64_t *handed = st->handed[j];
                EACH
                {
                    int64_t moved = handed[l] & (s[l] > 0.0);
                    s[l] = chosen(moved, s[l] * p->handover, s[l]);
                    touched[l] |= moved;
                }
            }
            EACH open[l] *= 1.0 - s[l];
        }
        const double *o = st->orientation[i];
        const int64_t *present = st->present[i];
        double *coverage = st->coverage[i];
        EACH
        {
            int64_t friendly = (present[l] == PRESENT) & (o[l] > 0.0);
            before[l] += chosen(friendly, w * coverage[l] * o[l], 0.0);
            coverage[l] = chosen(touched[l], 1.0 - open[l], coverage[l]);
            after[l] += chosen(friendly, w * coverage[l] * o[l], 0.0);
        }
    }
    double share = total > 0.0 ? 1.0 / total : 0.0;
    EACH
    {
        double was = before[l] * share, is = after[l] * share;
        double lost = p->follow * (was - is) / (was + p->r_half);
        int64_t worse = (after[l] < before[l]) & (lost > hit[l]);
        hit[l] = chosen(worse, lost, hit[l]);
    }
}

static int64_t turn_over(const Problem *p, State *st, const Keys of_month)
{
    Keys departs, arrives;
    kind_keys(of_month, OURS_DEPART, departs);
    kind_keys(of_month, OURS_ARRIVE, arrives);
    int64_t comes_below = threshold(p->replacement_ours), changed = 0;
    for (int64_t j = 0; j < p->ours; j++) {
        int64_t *present = st->present_ours[j], *handed = st->handed[j], vacant = 0;
        int64_t leaves_below = threshold(p->leave_ours[j]);
        uint64_t entity = p->entity_ours[j];
        Wholes arrived;
        EACH arrived[l] = 0;
        EACH_OR(vacant) vacant |= present[l] == ABSENT;
        if (vacant)
            EACH arrived[l] = bits(arrives[l], entity, 0) < comes_below;
        EACH_OR(changed)
        {
            int64_t leaves = (present[l] != ABSENT)
                & ((present[l] == LEAVING) | (bits(departs[l], entity, 0) < leaves_below));
            int64_t stays = (present[l] == PRESENT) & !leaves;
            int64_t comes = (present[l] == ABSENT) & arrived[l];
            present[l] = stays | comes;
            handed[l] |= leaves;
            changed |= handed[l];
        }
    }
    return changed;
}

static void people(const Problem *p, State *st, const Keys of_month, int64_t month, int8_t *missed[LANES])
{
    int64_t seats = p->seats, slots = p->slots, vacant = 0;
    double total = 0.0, deciding = 0.0;
    Keys key;
    Reals gone, stayed, stayed_orientation, others, hit;
    for (int64_t j = 0; j < p->ours; j++)
        EACH st->handed[j][l] = 0;
    happen(p, st, of_month, month, missed);

    kind_keys(of_month, DEPARTS, key);
    EACH gone[l] = stayed[l] = stayed_orientation[l] = others[l] = 0.0;
    for (int64_t i = 0; i < seats; i++) {
        if (p->joined[i] > month)
            continue;
        double w = p->weight[i], decisive = p->decisive[i];
        int64_t leaves_below = threshold(p->leave[i]), leaving = 0;
        uint64_t entity = p->entity[i];
        int64_t *present = st->present[i];
        double *coverage = st->coverage[i];
        const double *o = st->orientation[i];
        total += w;
        deciding += decisive;
        EACH_OR_BOTH(leaving, vacant)
        {
            int64_t leaves = (present[l] == PRESENT) & (bits(key[l], entity, 0) < leaves_below);
            int64_t now = present[l] + leaves;
            int64_t here = now == PRESENT, left = now == LEAVING;
            present[l] = now;
            stayed[l] += chosen(here, w, 0.0);
            stayed_orientation[l] += chosen(here, w * o[l], 0.0);
            others[l] += chosen(here, w * coverage[l], 0.0);
            gone[l] += chosen(left, decisive, 0.0);
            coverage[l] = chosen(left, 0.0, coverage[l]);
            leaving |= left;
            vacant |= !here;
        }
        if (leaving)
            for (int64_t k = i * slots; k < (i + 1) * slots; k++)
                EACH st->strength[k][l] = chosen(present[l] == LEAVING, 0.0, st->strength[k][l]);
    }
    EACH
    {
        double share = deciding > 0.0 ? gone[l] / deciding : 0.0;
        double known = total > 0.0 ? others[l] / total : 0.0;
        hit[l] = (share < 1.0 ? share : 1.0) * (1.0 - known);
    }
    if (vacant) {
        Keys luck;
        kind_keys(of_month, ARRIVES, key);
        kind_keys(of_month, NEWCOMER, luck);
        int64_t comes_below = threshold(p->replacement_theirs);
        for (int64_t i = 0; i < seats; i++) {
            int64_t *present = st->present[i], empty = 0, came = 0;
            uint64_t entity = p->entity[i];
            Wholes comes;
            if (p->joined[i] > month)
                continue;
            EACH_OR(empty) empty |= present[l] != PRESENT;
            if (!empty)
                continue;
            EACH_OR(came)
            {
                comes[l] = (present[l] == ABSENT) & (bits(key[l], entity, 0) < comes_below);
                present[l] = (present[l] == PRESENT) | comes[l];
                came |= comes[l];
            }
            if (came)
                for (int l = 0; l < LANES; l++)
                    if (comes[l]) {
                        double u = unit(bits(luck[l], entity, 0));
                        st->orientation[i][l] = p->mood * ratio(stayed_orientation[l], stayed[l])
                            + (1.0 - p->mood) * (2.0 * u - 1.0);
                    }
        }
    }
    if (turn_over(p, st, of_month))
        hand_over(p, st, total, hit);
    EACH
    {
        double faded = st->shock[l] * (1.0 - 1.0 / p->shock_fade);
        st->shock[l] = faded + (1.0 - faded) * hit[l];
    }
}

static void fade(const Problem *p, State *st, int64_t month)
{
    int64_t slots = p->slots;
    double rate = -p->decay_scale / p->half_weak * log(2.0), span = -log(p->half_strong / p->half_weak);
    double weak = p->reassign ? p->weak : 0.0;
    for (int64_t j = 0; j < p->ours; j++)
        EACH st->wished[j][l] = 0.0;
    for (int64_t i = 0; i < p->seats; i++) {
        const int64_t *present = st->present[i];
        int64_t counts_vacant = !p->reassign && p->joined[i] <= month;
        for (int64_t k = i * slots; k < (i + 1) * slots && p->owner[k] >= 0; k++) {
            double *s = st->strength[k], wanted = p->wanted[k];
            int64_t tied = 0;
            EACH_OR(tied) tied |= s[l] > 0.0;
            if (tied) /* a tie of strength 0 keeps it */
                EACH s[l] = s[l] * expo(rate * expo(s[l] * span));
            if (wanted > 0.0) {
                double *wished = st->wished[p->owner[k]];
                EACH wished[l] += chosen(
                    (present[l] != ABSENT) | counts_vacant, wanted * (1.0 + weak * (1.0 - s[l])), 0.0);
            }
        }
    }
}

static void reach_of(const Problem *p, const State *st, int64_t i, Reals reach)
{
    EACH reach[l] = 0.0;
    for (int64_t line = p->line_start[i]; line < p->line_start[i + 1]; line++) {
        int64_t other = p->line_from[line];
        double pull = fabs(p->line_pull[line]);
        const double *o = st->orientation[other], *coverage = st->coverage[other];
        EACH reach[l] += pull * coverage[l] * (o[l] > 0.0 ? o[l] : 0.0);
    }
}

static void meet(const Problem *p, State *st, const Keys of_month, int64_t month)
{
    int64_t seats = p->seats, slots = p->slots, planned = month <= p->planned;
    const double *hours = p->hours + month * p->ours;
    const double *effort = p->effort + (month - 1) * seats * slots;
    const double *effort_hours = p->effort_hours + (month - 1) * seats * slots;
    double gain = p->contact_gain, s_new = p->s_new, attention = p->attention;
    double weak = p->reassign ? p->weak : 0.0, gone_below = p->decay_scale > 0.0 ? p->s_gone : 0.0;
    Keys key;
    Reals spent;
    kind_keys(of_month, OPENS, key);
    EACH spent[l] = 0.0;
    for (int64_t i = 0; i < seats; i++) {
        const int64_t *present = st->present[i];
        Reals open, reach;
        int known_reach = 0;
        EACH open[l] = 1.0;
        for (int64_t k = i * slots; k < (i + 1) * slots && p->owner[k] >= 0; k++) {
            double *s = st->strength[k], wanted = p->wanted[k];
            int64_t j = p->owner[k];
            const int64_t *here = st->present_ours[j];
            Wholes met;
            EACH met[l] = 0;
            if (planned) {
                double e = effort[k], h = effort_hours[k];
                if (e > 0.0)
                    EACH
                    {
                        met[l] = (present[l] != ABSENT) & (here[l] == PRESENT);
                        s[l] = chosen(met[l], 1.0 - (1.0 - s[l]) * expo(-gain * e), s[l]);
                        spent[l] += chosen(met[l], h, 0.0);
                    }
            } else if (wanted > 0.0 && hours[j] > 0.0) {
                const double *wished = st->wished[j];
                double asked = hours[j];
                Reals h;
                Wholes missing;
                int64_t any = 0;
                EACH_OR(any)
                {
                    int64_t meets = (present[l] != ABSENT) & (here[l] == PRESENT), tied = s[l] > 0.0;
                    double part = asked * (wanted * (1.0 + weak * (1.0 - s[l]))) / wished[l];
                    double effective = part - attention;
                    h[l] = part;
                    met[l] = meets & tied & (effective > 0.0);
                    missing[l] = meets & !tied;
                    any |= missing[l];
                    spent[l] += chosen(meets, part, 0.0);
                    s[l] = chosen(met[l], 1.0 - (1.0 - s[l]) * expo(-gain * effective), s[l]);
                }
                if (any) {
                    uint64_t theirs = p->entity[i], ours = p->entity_ours[j];
                    if (!known_reach)
                        reach_of(p, st, i, reach);
                    known_reach = 1;
                    EACH
                    {
                        double chance
                            = 1.0 - expo(-p->new_tie_rate * h[l] * (1.0 + p->referral * reach[l]));
                        int64_t opens = missing[l] & (unit(bits(key[l], theirs, ours)) < chance);
                        s[l] = chosen(opens, s_new, s[l]);
                        met[l] |= opens;
                    }
                }
            }
            EACH
            {
                s[l] = chosen(!met[l] & (s[l] < gone_below), 0.0, s[l]);
                open[l] *= 1.0 - s[l];
            }
        }
        EACH st->new_coverage[i][l] = chosen(present[l] != ABSENT, 1.0 - open[l], 0.0);
    }
    Reals *coverage = st->coverage;
    st->coverage = st->new_coverage;
    st->new_coverage = coverage;
    EACH st->spent[l] = spent[l];
}

static void look(const Problem *p, State *st, int64_t month, Reals *now)
{
    int64_t slots = p->slots;
    double total = 0.0, influence = 0.0, value_total = 0.0;
    Reals access, support, covered, value_access;
    Wholes threads;
    EACH access[l] = support[l] = covered[l] = value_access[l] = 0.0;
    EACH threads[l] = 0;
    for (int64_t i = 0; i < p->seats; i++) {
        if (p->joined[i] > month)
            continue;
        double w = p->weight[i], reach = p->influence[i], value = p->talks_value[i] ? w : 0.0;
        const int64_t *present = st->present[i];
        const double *o = st->orientation[i], *coverage = st->coverage[i];
        Wholes with_us;
        total += w;
        influence += reach;
        value_total += value;
        EACH
        {
            int64_t here = present[l] != ABSENT;
            with_us[l] = here & !(o[l] < p->opponent_below);
            access[l] += chosen(here, w * coverage[l], 0.0);
            support[l] += chosen(here, w * coverage[l] * o[l], 0.0);
            value_access[l] += chosen(here, value * coverage[l], 0.0);
            covered[l] += chosen(with_us[l], reach * coverage[l], 0.0);
        }
        for (int64_t k = i * slots; k < (i + 1) * slots && p->owner[k] >= 0; k++) {
            const double *s = st->strength[k];
            const int64_t *here = st->present_ours[p->owner[k]];
            EACH threads[l] += with_us[l] & (here[l] == PRESENT) & (s[l] >= p->thread_min);
        }
    }
    EACH
    {
        now[ACCESS][l] = ratio(access[l], total);
        now[SUPPORT][l] = ratio(support[l], total);
        now[COVERAGE][l] = ratio(covered[l], influence);
        now[THREADS][l] = (double)(int32_t)threads[l];
        st->value_access[l] = ratio(value_access[l], value_total);
    }
}

static void record(const Problem *p, const State *st, int64_t month, Reals *now, Reals *drawn)
{
    double volume = p->volume * p->wallet, price = p->price[month];
    double revenue = volume * price, profit = volume * (p->margin - (1.0 - price));
    double hour_cost = (month > 0 ? p->hour_cost : 0.0) * p->hour_scale;
    EACH
    {
        double cost = hour_cost * st->spent[l];
        now[SURVIVAL][l] = 1.0;
        now[REVENUE][l] = revenue;
        now[MARGIN][l] = profit - 12.0 * cost;
        now[HOURS][l] = st->spent[l];
        drawn[REVENUE_DRAWN][l] += month > 0 ? revenue / 12.0 : 0.0;
        drawn[MARGIN_DRAWN][l] += month > 0 ? profit / 12.0 - cost : 0.0;
        drawn[HOURS_DRAWN][l] += st->spent[l];
    }
}

static void reset(const Problem *p, State *st)
{
    int64_t slots = p->slots;
    for (int64_t i = 0; i < p->seats; i++) {
        double open = 1.0, o = p->orientation[i];
        int64_t present = p->joined[i] == 0 ? PRESENT : ABSENT;
        for (int64_t k = i * slots; k < (i + 1) * slots; k++) {
            double s = p->strength[k];
            EACH st->strength[k][l] = s;
            open *= 1.0 - s;
        }
        EACH
        {
            st->present[i][l] = present;
            st->orientation[i][l] = o;
            st->coverage[i][l] = 1.0 - open;
        }
    }
    for (int64_t j = 0; j < p->ours; j++)
        EACH st->present_ours[j][l] = PRESENT;
    EACH st->shock[l] = st->spent[l] = st->value_access[l] = 0.0;
}

int run(const Problem *p, uint64_t seed, int64_t first, int64_t count, const Results *out)
{
    size_t seats = (size_t)p->seats, ours = (size_t)p->ours, ties = seats * (size_t)p->slots;
    Reals *reals = aligned_alloc(64, (3 * seats + ties + ours + 1) * sizeof(Reals));
    Wholes *wholes = aligned_alloc(64, (seats + 2 * ours + 1) * sizeof(Wholes));
    int8_t *spare = malloc((size_t)p->events + 1);
    if (!reals || !wholes || !spare) {
        free(reals);
        free(wholes);
        free(spare);
        return 1;
    }
    State st = {
        .orientation = reals, .coverage = reals + seats, .new_coverage = reals + 2 * seats,
        .strength = reals + 3 * seats, .wished = reals + 3 * seats + ties,
        .present = wholes, .present_ours = wholes + seats, .handed = wholes + seats + ours,
    };
    for (int64_t block = 0; block < count; block += LANES) {
        int64_t lanes = count - block < LANES ? count - block : LANES; /* of the last block the rest is idle */
        int8_t *missed[LANES];
        Keys key, of_month;
        Reals now[SERIES], drawn[DRAWN];
        memset(drawn, 0, sizeof drawn);
        for (int l = 0; l < LANES; l++) {
            key[l] = replicate_key(seed, first + block + l);
            missed[l] = l < lanes ? out->missed + (block + l) * p->events : spare;
            memset(missed[l], 0, (size_t)p->events);
        }
        for (int64_t month = 0; month <= p->months; month++) {
            if (month == 0) {
                reset(p, &st);
            } else {
                EACH of_month[l] = month_key(key[l], month);
                people(p, &st, of_month, month, missed);
                fade(p, &st, month);
                meet(p, &st, of_month, month);
            }
            look(p, &st, month, now);
            record(p, &st, month, now, drawn);
            for (int64_t v = 0; v < SERIES; v++)
                for (int64_t l = 0; l < lanes; l++)
                    out->series[v * out->series_stride + (block + l) * out->replicate_stride + month] = now[v][l];
        }
        for (int64_t v = 0; v < DRAWN; v++)
            for (int64_t l = 0; l < lanes; l++)
                out->drawn[v * out->drawn_stride + block + l] = drawn[v][l];
    }
    free(reals);
    free(wholes);
    free(spare);
    return 0;
}
