/* All rows of `ingot bench --peers`, and what the ratios beside each peer come to. */
#include "cli/bench_row.h"
#include "cli/peer_host.h"
#include "cli/quotients.h"

#include <stdio.h>
#include <string.h>

/* The peers of the rows, in their order; returns how many. */
static int find_peers(const table *t, const char *names[PEER_MAX])
{
    int count = 0;
    for (int i = table_column(t, "peer"); i < t->n_cells && count < PEER_MAX; i += t->n_columns) {
        int known = 0;
        while (known < count && strcmp(names[known], t->cells[i].text) != 0)
            known++;
        names[known] = t->cells[i].text;
        count += known == count;
    }
    return count;
}

static quotients ratios_beside(const table *t, const char *peer)
{
    return quotients_of(t, "ratio", "peer", peer);
}

static ig_status print_json(const table *t, ig_error *error)
{
    const char *names[PEER_MAX];
    const int count = find_peers(t, names);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "networks", table_to_json(t));
    cJSON *list = cJSON_AddArrayToObject(object, "peers");
    for (int i = 0; i < count; i++) {
        const quotients q = ratios_beside(t, names[i]);
        cJSON *entry = cJSON_CreateObject();
        cJSON_AddItemToArray(list, entry);
        cJSON_AddStringToObject(entry, "peer", names[i]);
        cJSON_AddNumberToObject(entry, "networks", q.count);
        cJSON_AddItemToObject(entry, "geometric_mean",
                              q.count ? cJSON_CreateNumber(q.geometric_mean) : cJSON_CreateNull());
        cJSON_AddItemToObject(entry, "least", q.count ? cJSON_CreateNumber(q.least) : cJSON_CreateNull());
    }
    return json_print(object, error);
}

void peers_note(const table *t, char out[BENCH_NOTE])
{
    const char *names[PEER_MAX];
    const int count = find_peers(t, names);
    int length = 0;
    out[0] = '\0';
    for (int i = 0; i < count && length < BENCH_NOTE; i++) {
        const quotients q = ratios_beside(t, names[i]);
        if (q.count > 0)
            length += snprintf(out + length, (size_t)(BENCH_NOTE - length),
                               "%s%s: geometric mean of %d ratio%s %.4g, the least %.4g", length > 0 ? "; " : "",
                               names[i], q.count, q.count == 1 ? "" : "s", q.geometric_mean, q.least);
    }
}

ig_status peers_print(const table *t, output_format format, ig_error *error)
{
    char note[BENCH_NOTE];
    if (format == FORMAT_JSON && !t->failed)
        return print_json(t, error);
    ig_status status = table_print(t, format, error);
    peers_note(t, note);
    if (!status && format == FORMAT_MD && note[0])
        printf("\n%s\n", note);
    return status;
}
