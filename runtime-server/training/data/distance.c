/* Signed distance and colour of a triangle mesh on a cube of voxel centres. Works for open shells: see sign().
 * Grids are indexed [z][y][x]; voxel i lies at (2 i + 1) / R - 1 times the half side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

static float dot(const float *a, const float *b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* Barycentric coordinates (of b and c) of the triangle's point nearest to p. */
static void nearest(const float *p, const float *a, const float *ab, const float *ac, float *v, float *w) {
    float ap[3] = {p[0] - a[0], p[1] - a[1], p[2] - a[2]};
    float d1 = dot(ab, ap), d2 = dot(ac, ap), aa = dot(ab, ab), bb = dot(ac, ac), m = dot(ab, ac);
    if (d1 <= 0 && d2 <= 0) { *v = *w = 0; return; }
    float d3 = d1 - aa, d4 = d2 - m;
    if (d3 >= 0 && d4 <= d3) { *v = 1; *w = 0; return; }
    float vc = d1 * d4 - d3 * d2;
    if (vc <= 0 && d1 >= 0 && d3 <= 0) { *v = d1 / (d1 - d3 + 1e-30f); *w = 0; return; }
    float d5 = d1 - m, d6 = d2 - bb;
    if (d6 >= 0 && d5 <= d6) { *v = 0; *w = 1; return; }
    float vb = d5 * d2 - d1 * d6;
    if (vb <= 0 && d2 >= 0 && d6 <= 0) { *v = 0; *w = d2 / (d2 - d6 + 1e-30f); return; }
    float va = d3 * d6 - d5 * d4;
    if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) { *w = (d4 - d3) / (d4 - d3 + d5 - d6 + 1e-30f); *v = 1 - *w; return; }
    float s = 1 / (va + vb + vc + 1e-30f);
    *v = vb * s; *w = vc * s;
}

/* distance (R^3, filled with `band` by the caller) and colour (R^3 x 3, sRGB 0..255) of the nearest surface point. */
void distance_band(const float *V, const int *T, int triangles, const unsigned char *C, int R, float half, float band,
                   float *distance, unsigned char *colour) {
    float step = 2 * half / R;
    for (int t = 0; t < triangles; t++) {
        const int *k = T + 3 * t;
        const float *a = V + 3 * k[0], *b = V + 3 * k[1], *c = V + 3 * k[2];
        int lo[3], hi[3];
        float ab[3], ac[3];
        for (int d = 0; d < 3; d++) {
            float l = MIN(a[d], MIN(b[d], c[d])) - band, h = MAX(a[d], MAX(b[d], c[d])) + band;
            lo[d] = MAX(0, (int)ceilf((l + half) / step - 0.5f));
            hi[d] = MIN(R - 1, (int)floorf((h + half) / step - 0.5f));
            ab[d] = b[d] - a[d]; ac[d] = c[d] - a[d];
        }
        float n[3] = {ab[1] * ac[2] - ab[2] * ac[1], ab[2] * ac[0] - ab[0] * ac[2], ab[0] * ac[1] - ab[1] * ac[0]};
        float length = sqrtf(dot(n, n)), scale = length > 1e-12f ? 1 / length : 0;
        for (int z = lo[2]; z <= hi[2]; z++) for (int y = lo[1]; y <= hi[1]; y++) for (int x = lo[0]; x <= hi[0]; x++) {
            int i = (z * R + y) * R + x;
            float p[3] = {(x + 0.5f) * step - half, (y + 0.5f) * step - half, (z + 0.5f) * step - half};
            float q[3] = {p[0] - a[0], p[1] - a[1], p[2] - a[2]};
            if (fabsf(dot(q, n)) * scale >= distance[i]) continue;
            float v, w;
            nearest(p, a, ab, ac, &v, &w);
            for (int d = 0; d < 3; d++) q[d] -= v * ab[d] + w * ac[d];
            float far = sqrtf(dot(q, q));
            if (far >= distance[i]) continue;
            distance[i] = far;
            for (int d = 0; d < 3; d++)
                colour[3 * i + d] = (unsigned char)((1 - v - w) * C[3 * k[0] + d] + v * C[3 * k[1] + d] + w * C[3 * k[2] + d] + 0.5f);
        }
    }
}

/* outside (R^3): 1 where a path along the grid from the cube's border reaches the voxel without crossing a triangle,
 * nor the plane of the object's lowest point from below (many models have no underside). */
void outside_fill(const float *V, const int *T, int triangles, int R, float half, float floor_y, unsigned char *outside) {
    int n = R * R * R, stride[3] = {1, R, R * R};
    float step = 2 * half / R;
    unsigned char *wall = calloc(3 * (size_t)n, 1);               /* wall[d][i]: something between i and i + stride[d] */
    for (int t = 0; t < triangles; t++) {
        float g[3][3];
        for (int k = 0; k < 3; k++) for (int d = 0; d < 3; d++) g[k][d] = (V[3 * T[3 * t + k] + d] + half) / step - 0.5f;
        for (int d = 0; d < 3; d++) {
            int e = (d + 1) % 3, f = (d + 2) % 3;
            double ax = g[0][e], ay = g[0][f], bx = g[1][e] - ax, by = g[1][f] - ay, cx = g[2][e] - ax, cy = g[2][f] - ay;
            double area = bx * cy - by * cx;
            if (fabs(area) < 1e-9) continue;
            int x0 = MAX(0, (int)ceil(MIN(ax, MIN(ax + bx, ax + cx)) - 1e-3)), x1 = MIN(R - 1, (int)floor(MAX(ax, MAX(ax + bx, ax + cx)) + 1e-3));
            int y0 = MAX(0, (int)ceil(MIN(ay, MIN(ay + by, ay + cy)) - 1e-3)), y1 = MIN(R - 1, (int)floor(MAX(ay, MAX(ay + by, ay + cy)) + 1e-3));
            double slack = 1e-3 * (fabs(bx) + fabs(by) + fabs(cx) + fabs(cy)) / fabs(area);
            for (int y = y0; y <= y1; y++) for (int x = x0; x <= x1; x++) {
                double v = ((x - ax) * cy - (y - ay) * cx) / area, w = (bx * (y - ay) - by * (x - ax)) / area;
                if (v < -slack || w < -slack || v + w > 1 + slack) continue;
                double h = g[0][d] + v * (g[1][d] - g[0][d]) + w * (g[2][d] - g[0][d]);
                int low = (int)floor(h - 1e-4), high = (int)floor(h + 1e-4);
                for (int i = MAX(low, 0); i <= MIN(high, R - 2); i++) wall[(size_t)d * n + i * stride[d] + x * stride[e] + y * stride[f]] = 1;
            }
        }
    }
    int base = (int)floorf((floor_y + half) / step - 0.5f + 1e-4f);
    if (base >= 0 && base < R - 1)
        for (int z = 0; z < R; z++) for (int x = 0; x < R; x++) wall[(size_t)n + (z * R + base) * R + x] = 1;
    int *queue = malloc(sizeof(int) * n), head = 0, tail = 0;
    memset(outside, 0, n);
    for (int i = 0; i < n; i++) {
        int x = i % R, y = i / R % R, z = i / R / R;
        if (x == 0 || y == 0 || z == 0 || x == R - 1 || y == R - 1 || z == R - 1) { outside[i] = 1; queue[tail++] = i; }
    }
    while (head < tail) {
        int i = queue[head++], at[3] = {i % R, i / R % R, i / R / R};
        for (int d = 0; d < 3; d++) for (int s = -1; s <= 1; s += 2) {
            if (at[d] + s < 0 || at[d] + s >= R) continue;
            int j = i + s * stride[d];
            if (outside[j] || wall[(size_t)d * n + (s > 0 ? i : j)]) continue;
            outside[j] = 1; queue[tail++] = j;
        }
    }
    free(queue); free(wall);
}
