using Switch.Contracts.V1;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;
using Switch.Simulator;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>
/// Days of payments through the store: some events come after their file, some lines a file later, some never, some
/// twice. What is open in the end is what was planted, and nothing else.
/// </summary>
public sealed class CarriedDifferencesTests : IDisposable
{
    private const int Days = 5;
    private const int PaymentsADay = 14;
    private static readonly DateOnly First = new(2026, 3, 2);
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-carried-").FullName;

    private enum Fate
    {
        Plain, EventLate, LineLate, LineNever, EventNever, LineTwiceLater, ReversedLate, ReversedLateUnlisted,
        ReversedInNone, PairLate, SaleLateReversalNever, LineTwiceEventLate, LineTwiceEventNever,
    }

    private static readonly Fate[] Fates = Enum.GetValues<Fate>();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TestStore.Sqlite, 12)]
    [InlineData(TestStore.PostgreSql, 5)]
    public void Acquirer_FilesOfManyDates_LeaveOpenWhatWasPlanted(string kind, int seeds)
    {
        var first = Random.Shared.Next();
        for (var seed = first; seed < first + seeds; seed++) Run(kind, seed);
    }

    private void Run(string kind, int seed)
    {
        using var books = new OpenBooks(kind);
        var random = new Random(seed);
        var payments = new List<Planted>();
        for (var i = 0; i < Days * PaymentsADay; i++)
        {
            var sale = books.Unique(Approvals.Purchase(
                random.Next(1, 30) * 100, date: $"2026-03-0{2 + (i / PaymentsADay)}"));
            sale.RetrievalReferenceNumber = $"8{i:D11}";
            sale.ApprovalCode = $"{random.Next(1_000_000):D6}";
            sale.CardLastFour = $"{random.Next(3):D4}";
            payments.Add(new Planted(sale, Fates[random.Next(Fates.Length)], i / PaymentsADay));
        }

        for (var day = 0; day < Days + 2; day++) RunDay(books, payments, day, seed);

        var expected = payments.SelectMany(Expected).Order().ToList();
        var found = new ExceptionList(books.Store.Database, books.Day).Open()
            .Select(e => (e.Rrn, e.Outcome, (e.OursCurrency.Length > 0 ? e.OursMinor : e.TheirsMinor) < 0))
            .Order().ToList();
        Assert.True(
            expected.SequenceEqual(found),
            $"seed {seed}: missing {string.Join(", ", expected.Except(found))}; "
            + $"too many {string.Join(", ", found.Except(expected))}");
    }

    // Events of the day, its file, then what comes after the file.
    private void RunDay(OpenBooks books, List<Planted> payments, int day, int seed)
    {
        var date = First.AddDays(day);
        books.GoTo($"{date:yyyy-MM-dd}");
        foreach (var p in payments.Where(p => p.Day == day))
        {
            if (!IsEventLate(p.Fate) && !IsEventNever(p.Fate)) books.Send(p.Sale);
            if (p.Fate is Fate.ReversedInNone or Fate.PairLate or Fate.SaleLateReversalNever) books.Reverse(p.Sale);
        }

        var lines = new List<LedgerEntry>();
        foreach (var p in payments)
        {
            var isToday = p.Day == day;
            var isNext = p.Day == day - 1;
            var isListed = p.Fate switch
            {
                Fate.LineLate or Fate.PairLate or Fate.SaleLateReversalNever => isNext,
                Fate.LineNever or Fate.ReversedInNone => false,
                Fate.LineTwiceLater => isToday || isNext,
                _ => isToday,
            };
            if (isListed) lines.Add(Line(p, lines.Count + 1, LedgerKind.Debit));
            if (isListed && p.Fate is Fate.LineTwiceEventLate or Fate.LineTwiceEventNever)
                lines.Add(Line(p, lines.Count + 1, LedgerKind.Debit));
            if (isNext && p.Fate is Fate.ReversedLate or Fate.PairLate)
                lines.Add(Line(p, lines.Count + 1, LedgerKind.Credit));
        }

        var path = Path.Combine(_folder, $"{seed}-{day}.csv");
        using (var stream = File.Create(path))
            AcquirerFile.Write(lines, "alpha", date, AcquirerFilePlan.Honest, stream);
        Assert.Empty(new AcquirerReconciler(books.Store.Database, books.Terms, books.Day).Run(path, "alpha").Faults);
        foreach (var p in payments.Where(p => p.Day == day))
        {
            if (IsEventLate(p.Fate)) books.Send(p.Sale);
            if (p.Fate is Fate.ReversedLate or Fate.ReversedLateUnlisted) books.Reverse(p.Sale);
        }
    }

    private static IEnumerable<(string Rrn, MatchOutcome Outcome, bool IsCredit)> Expected(Planted p)
    {
        (MatchOutcome Outcome, bool IsCredit)[] left = p.Fate switch
        {
            Fate.LineNever => [(MatchOutcome.MissingOnTheirs, false)],
            Fate.EventNever => [(MatchOutcome.MissingOnOurs, false)],
            Fate.LineTwiceLater or Fate.LineTwiceEventLate => [(MatchOutcome.Duplicate, false)],
            Fate.LineTwiceEventNever => [(MatchOutcome.MissingOnOurs, false), (MatchOutcome.Duplicate, false)],
            Fate.ReversedLateUnlisted or Fate.SaleLateReversalNever => [(MatchOutcome.MissingOnTheirs, true)],
            _ => [],
        };
        return left.Select(one => (p.Sale.RetrievalReferenceNumber, one.Outcome, one.IsCredit));
    }

    private static bool IsEventLate(Fate fate) => fate is Fate.EventLate or Fate.LineTwiceEventLate;

    private static bool IsEventNever(Fate fate) => fate is Fate.EventNever or Fate.LineTwiceEventNever;

    private static LedgerEntry Line(Planted p, int number, LedgerKind kind) => new()
    {
        Sequence = number,
        Kind = kind,
        Mti = "0200",
        Rrn = p.Sale.RetrievalReferenceNumber,
        Stan = "000001",
        TransmissionTime = "0302101500",
        Terminal = "T1",
        Merchant = "BAKERY-BERLIN",
        AmountMinor = p.Sale.ApprovedAmount.AmountMinor,
        Currency = "978",
        MaskedPan = $"411111******{p.Sale.CardLastFour}",
        ResponseCode = "00",
        ApprovalCode = p.Sale.ApprovalCode,
        ApprovedMinor = p.Sale.ApprovedAmount.AmountMinor,
    };

    private sealed record Planted(TransactionEvent Sale, Fate Fate, int Day);
}
