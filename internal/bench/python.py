"""Times W6: prints the nanoseconds an element takes, and what it came to."""

import asyncio
import sys
import time


async def numbers(n):
    for v in range(n):
        yield v


async def squares(source):
    async for v in source:
        yield v * v


async def evens(source):
    async for v in source:
        if v % 2 == 0:
            yield v


async def generators(n):
    total = 0
    async for v in evens(squares(numbers(n))):
        total += v
    return total


async def queue(n, capacity):
    q = asyncio.Queue(capacity)

    async def produce():
        for v in range(n):
            await q.put(v)
        await q.put(None)

    async def consume():
        count, sampled = 0, 0
        while (v := await q.get()) is not None:
            count += 1
            if v % 1024 == 0:
                sampled += v
        return count * 31 + sampled

    _, got = await asyncio.gather(produce(), consume())
    return got


async def main(work, n, *more):
    start = time.perf_counter_ns()
    got = await work(n, *more)
    print((time.perf_counter_ns() - start) / n, got)


asyncio.run(main({"generators": generators, "queue": queue}[sys.argv[1]], *map(int, sys.argv[2:])))
