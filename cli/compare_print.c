/* All rows of `ingot bench --compare`, and the geometric means below them. */
#include "cli/bench_row.h"
#include "cli/quotients.h"

#include <stdio.h>

/* The columns that are quotients. */
static const char *const mean_keys[] = {"speedup", "step_ratio", "steps_per_layer"};
enum { N_MEANS = sizeof mean_keys / sizeof *mean_keys };

static ig_status print_json(const table *t, const double *means, int n_networks, ig_error *error)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "networks", table_to_json(t));
    if (n_networks == 0) {
        cJSON_AddNullToObject(object, "geometric_mean");
        return json_print(object, error);
    }
    cJSON *mean = cJSON_AddObjectToObject(object, "geometric_mean");
    cJSON_AddNumberToObject(mean, "networks", n_networks);
    for (int i = 0; i < N_MEANS; i++)
        cJSON_AddNumberToObject(mean, mean_keys[i], means[i]);
    return json_print(object, error);
}

/* Returns how many networks have the quotients. */
static int find_means(const table *t, double means[N_MEANS])
{
    int n_networks = 0;
    for (int i = 0; i < N_MEANS; i++) {
        const quotients q = quotients_of(t, mean_keys[i], NULL, NULL);
        means[i] = q.geometric_mean;
        n_networks = q.count;
    }
    return n_networks;
}

void compare_note(const table *t, char out[BENCH_NOTE])
{
    double means[N_MEANS];
    const int n_networks = find_means(t, means);
    out[0] = '\0';
    if (n_networks > 0)
        snprintf(out, BENCH_NOTE,
                 "geometric mean of %d network%s: speed-up %.4g, %.3g of the steps without, %.3g steps per layer",
                 n_networks, n_networks == 1 ? "" : "s", means[0], means[1], means[2]);
}

ig_status compare_print(const table *t, output_format format, ig_error *error)
{
    char note[BENCH_NOTE];
    if (format == FORMAT_JSON && !t->failed) {
        double means[N_MEANS];
        const int n_networks = find_means(t, means);
        return print_json(t, means, n_networks, error);
    }
    ig_status status = table_print(t, format, error);
    compare_note(t, note);
    if (!status && format == FORMAT_MD && note[0])
        printf("\n%s\n", note);
    return status;
}
