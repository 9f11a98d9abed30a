using System.Runtime.InteropServices;
using Switch.Settlement.Books;

namespace Switch.Settlement.Consuming;

/// <summary>Adds up what a transaction posts, so that each row of the balances is written once.</summary>
internal sealed class BalanceSums
{
    private readonly Dictionary<EntryKey, List<Sum>> _sums = [];

    /// <exception cref="OverflowException">A sum exceeds 64 bits.</exception>
    public void Add(in EntryKey key, ReadOnlySpan<Posting> lines)
    {
        ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, key, out _);
        sums ??= [];
        for (var i = 0; i < lines.Length; i++)
        {
            ref readonly var line = ref lines[i];
            var isFirst = true;
            for (var j = 0; j < i && isFirst; j++) isFirst = lines[j].Account != line.Account;
            Add(sums, line, isFirst ? 1 : 0);
        }
    }

    /// <summary>Moves the sums, in the order in which every writer takes the rows, and forgets them.</summary>
    public void MoveTo(List<BalanceRow> rows)
    {
        var keys = new EntryKey[_sums.Count];
        _sums.Keys.CopyTo(keys, 0);
        Array.Sort(keys);
        foreach (var key in keys)
        {
            var sums = _sums[key];
            sums.Sort(static (a, b) => a.Account.CompareTo(b.Account));
            foreach (var sum in sums)
                rows.Add(new BalanceRow(key, sum.Account, sum.AmountMinor, sum.RemainderMicro, sum.Entries));
        }

        _sums.Clear();
    }

    public void Clear() => _sums.Clear();

    private static void Add(List<Sum> sums, in Posting line, int entries)
    {
        foreach (ref var sum in CollectionsMarshal.AsSpan(sums))
        {
            if (sum.Account != line.Account) continue;
            sum.AmountMinor = checked(sum.AmountMinor + line.AmountMinor);
            sum.RemainderMicro = checked(sum.RemainderMicro + line.RemainderMicro);
            sum.Entries += entries;
            return;
        }

        sums.Add(new Sum
        {
            Account = line.Account,
            AmountMinor = line.AmountMinor,
            RemainderMicro = line.RemainderMicro,
            Entries = entries,
        });
    }

    private struct Sum
    {
        public Account Account;
        public long AmountMinor;
        public long RemainderMicro;
        public long Entries;
    }
}
