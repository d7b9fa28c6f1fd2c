"""Find NEU-DET pictures that were cut from the same piece of steel.

Many pictures are overlapping crops of one larger photograph. Two of them in
different parts of a split would let a network be tested on steel it was
trained on, so `split.py` keeps every chain of overlapping crops together.

Method: halve each picture, flatten its local mean and contrast so that texture
counts and lighting does not, take out row and column means so that straight
scratches do not, then cross-correlate every pair of a class at every shift of
up to 60 % of a side. Overlapping crops score about 0.5 to 1.1, others 0.1 to 0.3;
of some 218,000 pairs fewer than 150 lie between 0.3 and 0.5.
"""
import numpy as np

HALF = 100       # side of a halved picture, pixels
GRID = 160       # FFT side: shifts of up to 60 pixels do not wrap
THRESHOLD = 0.4  # between the two humps of scores


def box_mean(picture, radius=4):
    """Mean over a square window, mirrored at the border."""
    size = 2 * radius + 1
    padded = np.pad(picture, radius, mode="reflect")
    sums = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    return (sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]) / size ** 2


def texture(grey):
    """A 200 x 200 picture as a HALF x HALF field of zero mean and unit deviation."""
    field = grey.astype(np.float64).reshape(HALF, 2, HALF, 2).mean((1, 3))
    field -= box_mean(field)
    field = np.clip(field / (np.sqrt(np.maximum(box_mean(field * field), 0)) + 1.0), -2, 2)
    field -= field.mean(0, keepdims=True)
    field -= field.mean(1, keepdims=True)
    return field / field.std()


def overlapping_pairs(greys):
    """Yield (i, j, score), i < j, for every pair of equal-sized pictures that overlap."""
    spectra = np.stack([np.fft.rfft2(texture(g), s=(GRID, GRID)) for g in greys]).astype(np.complex64)
    window = np.fft.rfft2(np.ones((HALF, HALF)), s=(GRID, GRID))
    area = np.fft.irfft2(np.abs(window) ** 2, s=(GRID, GRID)).round()
    shift = np.abs(np.fft.fftfreq(GRID, 1 / GRID)) <= GRID - HALF
    allowed = shift[:, None] & shift[None, :]
    weight = np.where(allowed, 1.0 / np.maximum(area, 1), 0.0)
    for i in range(len(greys)):
        for j in range(i + 1, len(greys)):
            product = np.conj(spectra[i]) * spectra[j]
            score = float((np.fft.irfft2(product, s=(GRID, GRID)) * weight).max())
            if score > THRESHOLD:
                yield i, j, score


def groups(greys):
    """Lists of indices: the connected components of `overlapping_pairs`, in order of first member."""
    parent = list(range(len(greys)))

    def root(i):
        while parent[i] != i:
            i = parent[i]
        return i
    for i, j, _ in overlapping_pairs(greys):
        low, high = sorted((root(i), root(j)))
        parent[high] = low
    found = {}
    for i in range(len(greys)):
        found.setdefault(root(i), []).append(i)
    return list(found.values())
