using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Switch.Service.Journal;

/// <summary>
/// An event id in 16 bytes, for a million that wait. Ids are made by this switch out of random transaction ids, so that
/// nobody can aim at a collision, and among a million ids the odds of one are below 10^-26.
/// </summary>
internal static class EventKey
{
    public static UInt128 Of(string eventId) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(eventId.AsSpan()));
}
