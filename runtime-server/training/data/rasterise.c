/* Triangle rasteriser and shading, all in camera space: x right, y down, z forward, metres.
 *
 *   raster()   triangles -> for every sample the nearest triangle and its 1/z      (perspective)
 *   shadow()   the same from a light: orthographic for directional lights (keeps -z), perspective for point lights
 *   shade()    samples -> linear RGB + coverage, object ids and depth (0 where there is only sky) per pixel
 *   develop()  linear RGB -> sRGB bytes
 *
 * The structs are mirrored by numpy dtypes in render.py: every member is 4 bytes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define TEX 256                                   /* textures are TEX x TEX x 2 bytes, then halves down to 4 x 4 */

typedef struct {
    float rotation[9], origin[3];                 /* camera -> local frame: q = rotation (p - origin) */
    float repeat, c0[3], c1[3], c2[3];            /* texture repeats per unit of q; its three colours, linear RGB */
    float grain, gloss, shininess, emission;
    int texture, kind, id, flat;                  /* kind 0: vertex colours (texture modulates by grain), 1: textured in q.x, q.y */
} Material;

typedef struct {
    int kind, map;                                /* 0 directional, 1 point; number of its shadow map or -1 */
    float position[3], colour[3];                 /* unit direction towards the light, or its position */
    float rotation[9], translation[3], focal;     /* camera -> light frame; texels a metre, or focal length in texels */
    float softness;                               /* penumbra radius in metres per metre between blocker and receiver */
} Light;

typedef struct {
    float up[3], ambient_up[3], ambient_down[3];
    float sky0[3], sky1[3], sky2[3], sky_grain, sky_repeat;
    int sky_texture, sky;
    float ao_radius, ao_strength;
    int levels;                                   /* > 0: cartoon shading in so many steps */
    float outline, outline_colour[3];
    int unlit;
} Settings;

static float dot(const float *a, const float *b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static float unit(float *a) {
    float l = sqrtf(dot(a, a)) + 1e-20f;
    a[0] /= l; a[1] /= l; a[2] /= l;
    return l;
}

/* Keeps the largest value at every sample; value is linear on the screen. */
static void fill(int W, int H, const double *a, const double *b, const double *c, int index, float *best, int *tri) {
    double area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    if (fabs(area) < 1e-12) return;
    double s = area > 0 ? 1 : -1;
    const double *v[4] = {a, b, c, a};
    double A[3], B[3], C[3];
    for (int i = 0; i < 3; i++) {
        A[i] = -(v[i + 1][1] - v[i][1]) * s; B[i] = (v[i + 1][0] - v[i][0]) * s;
        C[i] = -(A[i] * v[i][0] + B[i] * v[i][1]);
    }
    double gx = ((b[2] - a[2]) * (c[1] - a[1]) - (c[2] - a[2]) * (b[1] - a[1])) / area;
    double gy = ((c[2] - a[2]) * (b[0] - a[0]) - (b[2] - a[2]) * (c[0] - a[0])) / area;
    double lo = MIN(a[1], MIN(b[1], c[1])), hi = MAX(a[1], MAX(b[1], c[1]));
    double l = MIN(a[0], MIN(b[0], c[0])), r = MAX(a[0], MAX(b[0], c[0]));
    if (hi < 0 || lo > H || r < 0 || l > W) return;
    int y0 = MAX(0, (int)ceil(MAX(lo, 0) - 0.5)), y1 = MIN(H - 1, (int)floor(MIN(hi, H) - 0.5));
    for (int y = y0; y <= y1; y++) {
        double py = y + 0.5, x0 = MAX(l, 0), x1 = MIN(r, W);
        for (int i = 0; i < 3; i++) {
            double k = B[i] * py + C[i];
            if (A[i] > 1e-14) x0 = MAX(x0, -k / A[i]);
            else if (A[i] < -1e-14) x1 = MIN(x1, -k / A[i]);
            else if (k < 0) x1 = -1;
        }
        int from = (int)ceil(x0 - 0.5 - 1e-9), to = MIN(W - 1, (int)floor(x1 - 0.5 + 1e-9));
        if (from < 0) from = 0;
        float value = (float)(a[2] + gx * (from + 0.5 - a[0]) + gy * (py - a[1])), g = (float)gx;
        float *row = best + (size_t)y * W;
        for (int x = from; x <= to; x++) {
            float w = value + g * (x - from);
            if (w > row[x]) { row[x] = w; if (tri) tri[(size_t)y * W + x] = index; }
        }
    }
}

/* Clips at z = near and fills the one or two triangles that are left, projected with f, cx, cy. */
static void project(int W, int H, double f, double cx, double cy, const float *const *p, double near, int index, float *best, int *tri) {
    double in[4][3], out[4][3];
    int n = 0;
    for (int i = 0; i < 3; i++) {
        const float *a = p[i], *b = p[(i + 1) % 3];
        if (a[2] >= near) { for (int d = 0; d < 3; d++) in[n][d] = a[d]; n++; }
        if ((a[2] >= near) != (b[2] >= near)) {
            double t = (near - a[2]) / ((double)b[2] - a[2]);
            for (int d = 0; d < 3; d++) in[n][d] = a[d] + t * ((double)b[d] - a[d]);
            n++;
        }
    }
    for (int i = 0; i < n; i++) {
        out[i][0] = in[i][0] / in[i][2] * f + cx; out[i][1] = in[i][1] / in[i][2] * f + cy; out[i][2] = 1 / in[i][2];
    }
    for (int i = 2; i < n; i++) fill(W, H, out[0], out[i - 1], out[i], index, best, tri);
}

void raster(int W, int H, float f, float cx, float cy, const float *P, const int *T, int triangles, float near, float *inverse, int *tri) {
    memset(inverse, 0, sizeof(float) * W * H);
    for (int i = 0; i < W * H; i++) tri[i] = -1;
    for (int t = 0; t < triangles; t++) {
        const float *p[3] = {P + 3 * T[3 * t], P + 3 * T[3 * t + 1], P + 3 * T[3 * t + 2]};
        project(W, H, f, cx, cy, p, near, t, inverse, tri);
    }
}

/* map (S x S): z from the light, a large number where there is nothing. casts (T): 0 leaves a triangle out. */
void shadow(const Light *light, int S, const float *P, int vertices, const int *T, int triangles, const unsigned char *casts, float *map) {
    float *q = malloc(sizeof(float) * 3 * vertices);
    const float *r = light->rotation, *t = light->translation;
    for (int i = 0; i < vertices; i++)
        for (int d = 0; d < 3; d++) q[3 * i + d] = dot(r + 3 * d, P + 3 * i) + t[d];
    for (int i = 0; i < S * S; i++) map[i] = light->kind ? 0 : -1e30f;
    double f = light->focal, c = S * 0.5;
    for (int k = 0; k < triangles; k++) {
        if (!casts[k]) continue;
        const float *p[3] = {q + 3 * T[3 * k], q + 3 * T[3 * k + 1], q + 3 * T[3 * k + 2]};
        if (light->kind) { project(S, S, f, c, c, p, 0.01, k, map, NULL); continue; }
        double s[3][3];
        for (int i = 0; i < 3; i++) { s[i][0] = p[i][0] * f + c; s[i][1] = p[i][1] * f + c; s[i][2] = -p[i][2]; }
        fill(S, S, s[0], s[1], s[2], k, map, NULL);
    }
    for (int i = 0; i < S * S; i++) map[i] = light->kind ? (map[i] > 0 ? 1 / map[i] : 1e30f) : -map[i];
    free(q);
}

static float disc[3][16][2];                      /* even points of a unit disc: 8, 10 and 16 of them */

static void make_discs(void) {
    const int count[3] = {8, 10, 16};
    for (int k = 0; k < 3; k++) for (int i = 0; i < count[k]; i++) {
        float r = sqrtf((i + 0.5f) / count[k]);
        disc[k][i][0] = r * cosf(i * 2.39996f); disc[k][i][1] = r * sinf(i * 2.39996f);
    }
}

/* Share of the light that reaches p (0..1): blockers near p give hard edges, distant ones soft edges. */
static float lit(const Light *light, const float *map, int S, const float *p, const float *n, const float *turn) {
    float o[3], q[3];
    float texel = light->kind ? 2.0f / light->focal : 1 / light->focal;
    float z0 = dot(light->rotation + 6, p) + light->translation[2];
    if (light->kind) texel *= 0.5f * MAX(z0, 0.05f);
    for (int d = 0; d < 3; d++) o[d] = p[d] + n[d] * texel * 1.6f;
    for (int d = 0; d < 3; d++) q[d] = dot(light->rotation + 3 * d, o) + light->translation[d];
    if (light->kind && q[2] < 0.02f) return 1;
    float f = light->kind ? light->focal / q[2] : light->focal, z = q[2] - texel * 0.8f;
    float x = q[0] * f + S * 0.5f, y = q[1] * f + S * 0.5f;
    if (x < 0 || y < 0 || x >= S || y >= S) return 1;
    float wide = MIN(MAX(light->softness * f * 0.35f, 1.5f), 24), sum = 0;
    int hits = 0, taps = light->softness > 0.03f ? 16 : 8;
    for (int i = 0; i < 8; i++) {
        const float *e = disc[0][i];
        int u = (int)(x + wide * (e[0] * turn[0] - e[1] * turn[1])), v = (int)(y + wide * (e[0] * turn[1] + e[1] * turn[0]));
        if (u < 0 || v < 0 || u >= S || v >= S) continue;
        float m = map[v * S + u];
        if (m < z) { sum += m; hits++; }
    }
    if (!hits) return 1;
    float radius = MIN(MAX(light->softness * (z - sum / hits) * f, 0.9f), 28), clear = 0;
    for (int i = 0; i < taps; i++) {
        const float *e = disc[taps == 16 ? 2 : 0][i];
        int u = (int)(x + radius * (e[0] * turn[0] - e[1] * turn[1])), v = (int)(y + radius * (e[0] * turn[1] + e[1] * turn[0]));
        if (u < 0 || v < 0 || u >= S || v >= S) { clear += 1; continue; }
        clear += map[v * S + u] >= z - texel * radius * 0.3f;
    }
    return clear / taps;
}

/* Bilinear sample of both channels (0..1) at the mip level for a footprint of `texels`. */
static void sample(const unsigned char *bank, int texture, float u, float v, float texels, float *out) {
    const unsigned char *level = bank + (size_t)texture * (TEX * TEX * 4 / 3 * 2);
    int size = TEX;
    while (texels > 1.4f && size > 4) { level += size * size * 2; size /= 2; texels *= 0.5f; }
    u = (u - floorf(u)) * size - 0.5f; v = (v - floorf(v)) * size - 0.5f;
    int x = (int)floorf(u), y = (int)floorf(v);
    float a = u - x, b = v - y;
    int x0 = x & (size - 1), x1 = (x + 1) & (size - 1), y0 = y & (size - 1), y1 = (y + 1) & (size - 1);
    for (int k = 0; k < 2; k++)
        out[k] = ((level[(y0 * size + x0) * 2 + k] * (1 - a) + level[(y0 * size + x1) * 2 + k] * a) * (1 - b) +
                  (level[(y1 * size + x0) * 2 + k] * (1 - a) + level[(y1 * size + x1) * 2 + k] * a) * b) * (1 / 255.0f);
}

static void mix(const float *a, const float *b, float t, float *out) { for (int d = 0; d < 3; d++) out[d] = a[d] + (b[d] - a[d]) * t; }

static float hash(unsigned a) {
    a ^= a >> 16; a *= 0x7feb352dU; a ^= a >> 15; a *= 0x846ca68bU; a ^= a >> 16;
    return (a >> 8) * (6.2831853f / 16777216);
}

/* Share of the hemisphere over p that near surfaces leave open, from the depth samples around it. */
static float openness(const float *inverse, int W, int H, float f, float cx, float cy, const float *p, const float *n, float radius, const float *turn) {
    float wide = MIN(MAX(radius * f / p[2], 2), W * 0.2f), sum = 0, x = p[0] / p[2] * f + cx, y = p[1] / p[2] * f + cy;
    for (int i = 0; i < 10; i++) {
        const float *e = disc[1][i];
        int u = (int)(x + wide * (e[0] * turn[0] - e[1] * turn[1])), v = (int)(y + wide * (e[0] * turn[1] + e[1] * turn[0]));
        if (u < 0 || v < 0 || u >= W || v >= H) continue;
        float w = inverse[v * W + u];
        if (w <= 0) continue;
        float q[3] = {(u + 0.5f - cx) / (f * w) - p[0], (v + 0.5f - cy) / (f * w) - p[1], 1 / w - p[2]};
        float square = dot(q, q);
        if (square > 4 * radius * radius) continue;
        sum += MAX(0, dot(q, n) - 0.01f * p[2] * 0.3f) / (square / radius + 0.05f * radius);
    }
    return 1 / (1 + sum * 0.16f);
}

static void sky(const Settings *e, const unsigned char *bank, const float *d, float *out) {
    float up = dot(d, e->up), t = MIN(MAX(up * 1.6f, 0), 1), s[2];
    mix(e->sky0, e->sky1, sqrtf(t), out);
    if (e->sky_texture >= 0) {
        float side[3] = {d[0] - up * e->up[0], d[1] - up * e->up[1], d[2] - up * e->up[2]};
        sample(bank, e->sky_texture, atan2f(side[0], side[2]) * e->sky_repeat, up * e->sky_repeat * 2, 1, s);
        mix(out, e->sky2, s[0] * e->sky_grain, out);
    }
}

/* W x H pixels of ss x ss samples; f, cx, cy in samples. N: corner normals (T x 3 x 3); material: one a triangle.
 * out: W x H x 4 linear RGB (not premultiplied) and coverage; ids, depth (0 for sky): the surface with most samples. */
void shade(int W, int H, int ss, float f, float cx, float cy, const float *P, const float *N, const unsigned char *C, const int *T,
           const int *material, const Material *M, const Light *L, int lights, const float *maps, int S, const Settings *e,
           const unsigned char *bank, const float *inverse, const int *tri, float *out, unsigned char *ids, float *depth) {
    static float linear[256];
    make_discs();
    if (!linear[255]) for (int i = 0; i < 256; i++) linear[i] = i <= 10 ? i / 255.0f / 12.92f : powf((i / 255.0f + 0.055f) / 1.055f, 2.4f);
    int sw = W * ss, sh = H * ss, count = ss * ss;
    for (int j = 0; j < H; j++) for (int i = 0; i < W; i++) {
        int k[16], done[16] = {0}, surface[16] = {0};
        float total[3] = {0}, covered = 0, bright = 0;
        for (int s = 0; s < count; s++) {
            k[s] = tri[(j * ss + s / ss) * sw + i * ss + s % ss];
            surface[s] = k[s] < 0 ? -1 : material[k[s]];
        }
        int most = 0, votes = 0;
        for (int s = 0; s < count; s++) {
            int same = 0;
            for (int r = 0; r < count; r++) same += surface[r] == surface[s];
            if (same > votes) { votes = same; most = s; }
        }
        float z = 0;
        for (int s = 0; s < count; s++) if (surface[s] == surface[most]) z += inverse[(j * ss + s / ss) * sw + i * ss + s % ss];
        ids[j * W + i] = surface[most] < 0 ? 0 : M[surface[most]].id;
        depth[j * W + i] = surface[most] < 0 ? 0 : votes / z;
        for (int s = 0; s < count; s++) {
            if (done[s]) continue;
            float px = 0, py = 0;
            int weight = 0;
            for (int r = s; r < count; r++) if (k[r] == k[s]) { done[r] = 1; weight++; px += i * ss + r % ss + 0.5f; py += j * ss + r / ss + 0.5f; }
            float d[3] = {(px / weight - cx) / f, (py / weight - cy) / f, 1}, colour[3], albedo[3], n[3], face[3], p[3];
            if (k[s] < 0) {
                if (!e->sky) continue;
                unit(d);
                sky(e, bank, d, colour);
                for (int c = 0; c < 3; c++) total[c] += weight * colour[c];
                covered += weight; bright += weight;
                continue;
            }
            int t = k[s];
            const Material *m = M + surface[s];
            const int *v = T + 3 * t;
            const float *a = P + 3 * v[0], *b = P + 3 * v[1], *c = P + 3 * v[2];
            float ab[3], ac[3];
            for (int q = 0; q < 3; q++) { ab[q] = b[q] - a[q]; ac[q] = c[q] - a[q]; }
            face[0] = ab[1] * ac[2] - ab[2] * ac[1]; face[1] = ab[2] * ac[0] - ab[0] * ac[2]; face[2] = ab[0] * ac[1] - ab[1] * ac[0];
            unit(face);
            float slope = dot(face, d), zz = 1 / inverse[((int)(py / weight)) * sw + (int)(px / weight)];
            if (fabsf(slope) > 1e-3f) zz = dot(face, a) / slope;
            for (int q = 0; q < 3; q++) p[q] = d[q] * zz;
            float ap[3] = {p[0] - a[0], p[1] - a[1], p[2] - a[2]};
            float d00 = dot(ab, ab), d01 = dot(ab, ac), d11 = dot(ac, ac), d20 = dot(ap, ab), d21 = dot(ap, ac);
            float g = d00 * d11 - d01 * d01, y = 0.33f, x = 0.33f;
            if (g > 1e-20f) { x = (d11 * d20 - d01 * d21) / g; y = (d00 * d21 - d01 * d20) / g; }
            x = MIN(MAX(x, 0), 1); y = MIN(MAX(y, 0), 1);
            float w = 1 - x - y;
            if (w < 0) { x /= x + y; y = 1 - x; w = 0; }
            if (m->kind == 0 && !(slope != 0 && fabsf(slope) > 1e-3f)) for (int q = 0; q < 3; q++) p[q] = w * a[q] + x * b[q] + y * c[q];
            int away = slope > 0;
            for (int q = 0; q < 3; q++) {
                n[q] = m->flat ? face[q] : w * N[9 * t + q] + x * N[9 * t + 3 + q] + y * N[9 * t + 6 + q];
            }
            if (away) for (int q = 0; q < 3; q++) { face[q] = -face[q]; }
            unit(n);
            if (dot(n, face) < 0) for (int q = 0; q < 3; q++) n[q] = -n[q];
            float view[3] = {-d[0], -d[1], -d[2]};
            unit(view);
            float tex[2] = {0, 0}, from[3] = {p[0] - m->origin[0], p[1] - m->origin[1], p[2] - m->origin[2]}, q[3];
            if (m->texture >= 0) {
                for (int r = 0; r < 3; r++) q[r] = dot(m->rotation + 3 * r, from);
                float texels = p[2] / f * ss * m->repeat * TEX / MAX(0.25f, fabsf(dot(face, view)));
                int u = 0, o = 1;
                if (m->kind == 0) {                          /* textured along the axis that the face looks at */
                    float l[3] = {fabsf(dot(m->rotation, face)), fabsf(dot(m->rotation + 3, face)), fabsf(dot(m->rotation + 6, face))};
                    if (l[0] >= l[1] && l[0] >= l[2]) { u = 1; o = 2; } else if (l[1] >= l[2]) { u = 0; o = 2; }
                }
                sample(bank, m->texture, q[u] * m->repeat, q[o] * m->repeat, texels, tex);
            }
            if (m->kind == 0) {
                for (int r = 0; r < 3; r++) albedo[r] = w * linear[C[3 * v[0] + r]] + x * linear[C[3 * v[1] + r]] + y * linear[C[3 * v[2] + r]];
                if (m->texture >= 0) for (int r = 0; r < 3; r++) albedo[r] *= 1 + m->grain * (tex[0] - 0.5f);
            } else { mix(m->c0, m->c1, tex[0], albedo); mix(albedo, m->c2, tex[1] * m->grain, albedo); }
            if (e->unlit || m->emission > 0) for (int r = 0; r < 3; r++) colour[r] = albedo[r] * MAX(m->emission, 1);
            else {
                float angle = hash((j * 7919 + i) * 4 + s), turn[2] = {cosf(angle), sinf(angle)}, open = 1, up = 0.5f + 0.5f * dot(n, e->up), amb[3];
                if (e->ao_strength > 0) open = 1 - e->ao_strength * (1 - openness(inverse, sw, sh, f, cx, cy, p, face, e->ao_radius, turn));
                mix(e->ambient_down, e->ambient_up, up, amb);
                for (int r = 0; r < 3; r++) colour[r] = albedo[r] * amb[r] * open;
                for (int q = 0; q < lights; q++) {
                    const Light *l = L + q;
                    float to[3], power = 1;
                    for (int r = 0; r < 3; r++) to[r] = l->kind ? l->position[r] - p[r] : l->position[r];
                    float far = unit(to);
                    if (l->kind) power = 1 / (far * far + 1e-4f);
                    float facing = dot(n, to);
                    if (facing <= 0 || dot(face, to) <= -0.05f) continue;
                    float share = l->map < 0 ? 1 : lit(l, maps + (size_t)l->map * S * S, S, p, face, turn);
                    if (e->levels > 0) { facing = floorf(facing * share * e->levels + 0.5f) / e->levels; share = 1; }
                    if (share <= 0) continue;
                    float half[3] = {to[0] + view[0], to[1] + view[1], to[2] + view[2]}, spec = 0;
                    unit(half);
                    if (m->gloss > 0 && !e->levels) spec = m->gloss * powf(MAX(dot(n, half), 0), m->shininess);
                    for (int r = 0; r < 3; r++) colour[r] += l->colour[r] * power * share * (albedo[r] * facing + spec) * (0.7f + 0.3f * open);
                }
            }
            for (int r = 0; r < 3; r++) total[r] += weight * colour[r];
            covered += weight; bright += weight;
        }
        float *o = out + 4 * (j * W + i);
        if (bright > 0) for (int c = 0; c < 3; c++) o[c] = total[c] / bright; else o[0] = o[1] = o[2] = 0;
        o[3] = covered / count;
        if (e->outline > 0) {
            float edges = 0;
            for (int s = 0; s < count; s++) {
                int x = i * ss + s % ss, y = j * ss + s / ss, here = y * sw + x, edge = 0;
                for (int q = 0; q < 4; q++) {
                    int u = x + (q == 0) - (q == 1), v = y + (q == 2) - (q == 3);
                    if (u < 0 || v < 0 || u >= sw || v >= sh) continue;
                    int there = v * sw + u, A = tri[here] < 0 ? 0 : M[material[tri[here]]].id, B = tri[there] < 0 ? 0 : M[material[tri[there]]].id;
                    if (A != B || (A && fabsf(inverse[here] - inverse[there]) > 0.03f * inverse[here])) edge = 1;
                }
                edges += edge;
            }
            mix(o, e->outline_colour, MIN(edges / count * e->outline * 1.5f, 1), o);
        }
    }
}

/* Exposure, colour gain (3), gamma and vignetting (0 none .. 1) -> sRGB bytes of the colours; alpha is copied by the caller. */
void develop(const float *linear, int W, int H, int channels, const float *gain, float shoulder, float gamma, float vignette, unsigned char *out) {
    for (int j = 0; j < H; j++) for (int i = 0; i < W; i++) {
        float x = (i + 0.5f) / W - 0.5f, y = (j + 0.5f) / H - 0.5f, fall = 1 - vignette * (x * x + y * y) * 1.5f;
        for (int c = 0; c < 3; c++) {
            float v = linear[(size_t)(j * W + i) * channels + c] * gain[c] * fall;
            v = v * (1 + 0.25f * shoulder * v) / (1 + shoulder * v);
            v = v > 0.0031308f ? 1.055f * powf(v, gamma / 2.4f) - 0.055f : v * 12.92f;
            out[(j * W + i) * 3 + c] = (unsigned char)(MIN(MAX(v, 0), 1) * 255 + 0.5f);
        }
    }
}
