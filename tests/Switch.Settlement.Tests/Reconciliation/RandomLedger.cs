using System.Globalization;
using Switch.Settlement.Reconciliation;
using Switch.Simulator;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>A host's ledger of one business date at random, and what the books would hold of it.</summary>
internal sealed class RandomLedger
{
    public static readonly DateOnly Day = new(2026, 3, 2);

    private static readonly (string Numeric, string Code)[] Currencies =
        [("978", "EUR"), ("840", "USD"), ("392", "JPY")];

    private readonly Random _random;
    private long _ourId;

    public RandomLedger(int seed, int payments)
    {
        _random = new Random(seed);
        for (var i = 0; i < payments; i++) AddPayment(i);
    }

    public List<LedgerEntry> Entries { get; } = [];

    public List<SettledLine> Ours { get; } = [];

    private void AddPayment(int number)
    {
        var (numeric, code) = Currencies[_random.Next(Currencies.Length)];
        var isCredit = _random.Next(10) == 0;
        // Few amounts and cards, so that payments look alike in all but their reference.
        var amount = _random.Next(1, 40) * 50L;
        var isApproved = _random.Next(12) > 0;
        var request = new LedgerEntry
        {
            Sequence = Entries.Count + 1,
            Kind = isCredit ? LedgerKind.Credit : LedgerKind.Debit,
            Mti = "0200",
            Rrn = (500_000_000_000 + number).ToString(CultureInfo.InvariantCulture),
            Stan = "000001",
            TransmissionTime = "0302101500",
            Terminal = "T1",
            Merchant = "BAKERY-BERLIN",
            AmountMinor = amount,
            Currency = numeric,
            MaskedPan = $"411111******{_random.Next(3):D4}",
            ResponseCode = isApproved ? "00" : "51",
            ApprovalCode = isApproved ? _random.Next(1_000_000).ToString("D6", CultureInfo.InvariantCulture) : null,
            ApprovedMinor = isApproved ? amount : 0,
        };
        Entries.Add(request);
        if (!isApproved) return;
        AddOurs(request, code, isCredit ? -amount : amount);
        if (_random.Next(8) > 0) return;
        Entries.Add(request with
        {
            Sequence = Entries.Count + 1,
            Kind = LedgerKind.Reversal,
            Mti = "0420",
            ApprovalCode = null,
            ApprovedMinor = 0,
            Original = request.Sequence,
        });
        Entries[(int)request.Sequence - 1] = request with { ReversedBy = Entries.Count };
        AddOurs(request, code, isCredit ? amount : -amount);
    }

    private void AddOurs(LedgerEntry request, string code, long minor) => Ours.Add(new SettledLine(
        ++_ourId, request.Rrn, request.ApprovalCode!, request.MaskedPan[^4..], code, minor, Day));
}
