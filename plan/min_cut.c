/* A least cut by the largest flow from the first side to the second (Dinic): paths of fewest arcs, layer by layer. */
#include "plan/min_cut.h"

typedef struct arc {
    int to, next;  /* next arc of the same node; -1: the last */
    int64_t space; /* what may still flow; arc i ^ 1 is the way back */
} arc;

struct ig_min_cut {
    ig_arena *arena;
    arc *arcs;
    int n_arcs, cap_arcs, n_nodes;
    int *first, *at; /* per node: its first arc; the one a search goes on with */
    int *layer;      /* arcs from the source; -1: out of reach */
    int *queue;
    int *path; /* arcs of the path under search */
};

ig_min_cut *ig_min_cut_create(ig_arena *arena, int n_nodes)
{
    ig_min_cut *cut = ig_arena_alloc(arena, sizeof *cut);
    int *tables = ig_arena_array(arena, (size_t)n_nodes * 5, sizeof *tables);
    if (!cut || !tables)
        return NULL;
    *cut = (ig_min_cut){.arena = arena,
                        .n_nodes = n_nodes,
                        .first = tables,
                        .at = tables + n_nodes,
                        .layer = tables + 2 * n_nodes,
                        .queue = tables + 3 * n_nodes,
                        .path = tables + 4 * n_nodes};
    for (int i = 0; i < n_nodes; i++)
        cut->first[i] = -1;
    return cut;
}

bool ig_min_cut_add(ig_min_cut *cut, int from, int to, int64_t weight)
{
    if (!ig_arena_grow(cut->arena, (void **)&cut->arcs, &cut->cap_arcs, cut->n_arcs + 2, sizeof *cut->arcs))
        return false;
    cut->arcs[cut->n_arcs] = (arc){.to = to, .next = cut->first[from], .space = weight};
    cut->first[from] = cut->n_arcs++;
    cut->arcs[cut->n_arcs] = (arc){.to = from, .next = cut->first[to]};
    cut->first[to] = cut->n_arcs++;
    return true;
}

/* Layers of the nodes that can still be reached; false when the second side is out of reach. */
static bool find_layers(ig_min_cut *cut)
{
    int head = 0, tail = 0;
    for (int i = 0; i < cut->n_nodes; i++) {
        cut->layer[i] = -1;
        cut->at[i] = cut->first[i];
    }
    cut->layer[IG_CUT_FIRST] = 0;
    cut->queue[tail++] = IG_CUT_FIRST;
    while (head < tail) {
        const int node = cut->queue[head++];
        for (int i = cut->first[node]; i >= 0; i = cut->arcs[i].next)
            if (cut->arcs[i].space > 0 && cut->layer[cut->arcs[i].to] < 0) {
                cut->layer[cut->arcs[i].to] = cut->layer[node] + 1;
                cut->queue[tail++] = cut->arcs[i].to;
            }
    }
    return cut->layer[IG_CUT_SECOND] >= 0;
}

/* The next arc of `node` that leads a layer on, or -1. */
static int next_arc(ig_min_cut *cut, int node)
{
    for (; cut->at[node] >= 0; cut->at[node] = cut->arcs[cut->at[node]].next) {
        const arc *a = &cut->arcs[cut->at[node]];
        if (a->space > 0 && cut->layer[a->to] == cut->layer[node] + 1)
            return cut->at[node];
    }
    return -1;
}

/* Sends as much as fits along the path; returns how many of its arcs are still usable from the beginning. */
static int send(ig_min_cut *cut, int length)
{
    int64_t most = INT64_MAX;
    int usable = length;
    for (int i = 0; i < length; i++)
        if (cut->arcs[cut->path[i]].space < most) {
            most = cut->arcs[cut->path[i]].space;
            usable = i;
        }
    for (int i = 0; i < length; i++) {
        cut->arcs[cut->path[i]].space -= most;
        cut->arcs[cut->path[i] ^ 1].space += most;
    }
    return usable;
}

/* All paths through the present layers. */
static void send_through_layers(ig_min_cut *cut)
{
    int length = 0, node = IG_CUT_FIRST;
    for (;;) {
        const int next = node == IG_CUT_SECOND ? -1 : next_arc(cut, node);
        if (next >= 0) {
            cut->path[length++] = next;
            node = cut->arcs[next].to;
            continue;
        }
        if (node == IG_CUT_SECOND) {
            length = send(cut, length);
        } else {
            if (length == 0)
                return;
            cut->layer[node] = -1; /* a dead end */
            length--;
        }
        node = length > 0 ? cut->arcs[cut->path[length - 1]].to : IG_CUT_FIRST;
    }
}

void ig_min_cut_solve(ig_min_cut *cut, bool *second)
{
    while (find_layers(cut))
        send_through_layers(cut);
    for (int i = 0; i < cut->n_nodes; i++)
        second[i] = cut->layer[i] < 0;
}
