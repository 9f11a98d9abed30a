using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;
using Switch.Simulator;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>What comes after its date's file was read is not lost from sight.</summary>
public sealed class LateMovementTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-late-").FullName;

    public static TheoryData<string> Kinds => TestStore.Kinds;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_ReversalAfterItsDatesFile_ThatNobodyLists_IsMissingOnTheirs(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = Sell(books, "600000000001");
        Assert.Equal(1, Run(books, "2026-03-02", Line(sale)).Counts[MatchOutcome.Matched]);
        books.Reverse(sale);

        var next = Run(books, "2026-03-03");

        Assert.Equal(1, next.Counts[MatchOutcome.MissingOnTheirs]);
        Assert.Equal(-1_000, Assert.Single(Exceptions(books).Open()).OursMinor);
        // Said once; and a file that has it in the end settles it.
        Assert.Equal((0L, 0), (Run(books, "2026-03-04").Opened, Exceptions(books).Open().Count - 1));
        var found = Run(books, "2026-03-05", Line(sale, isReversal: true));
        Assert.Equal((0L, 1L), (found.Opened, found.Settled));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_SaleAfterItsDatesFile_ThatNobodyLists_IsMissingOnTheirs(string kind)
    {
        using var books = new OpenBooks(kind);
        Run(books, "2026-03-02");
        Sell(books, "600000000001");

        Assert.Equal(1, Run(books, "2026-03-03").Opened);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_ADateWithoutItsFile_IsDueAfterTheToleratedDays(string kind)
    {
        using var books = new OpenBooks(kind);
        Sell(books, "600000000001");
        Assert.Equal(0, Run(books, "2026-03-05").Opened);
        Assert.Equal(1, Run(books, "2026-03-06").Opened);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_LateEventAfterManyFiles_MatchesTheExceptionOfItsLine(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = Sell(books, "600000000001", isSent: false);
        Assert.Equal(1, Run(books, "2026-03-02", Line(sale)).Counts[MatchOutcome.MissingOnOurs]);
        for (var day = 3; day < 8; day++) Run(books, $"2026-03-0{day}");
        books.Send(sale);

        var result = Run(books, "2026-03-08");

        Assert.Equal((0L, 1L), (result.Opened, result.Settled));
        Assert.Empty(Exceptions(books).Open());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_LineRepeatedLongAfter_IsDuplicate(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = Sell(books, "600000000001");
        Run(books, "2026-03-02", Line(sale));

        var result = Run(books, "2026-03-25", Line(sale));

        Assert.Equal(1, result.Counts[MatchOutcome.Duplicate]);
        Assert.Equal(1, result.Opened);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_SaleAndReversalOneFileLate_AreNoDuplicates(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = SellAndReverse(books);
        Assert.Equal(2, Run(books, "2026-03-02").Counts[MatchOutcome.Netted]);

        var next = Run(books, "2026-03-03", [.. Line(sale), .. Line(sale, isReversal: true)]);

        Assert.Equal((2L, 0L), (next.Counts[MatchOutcome.Timing], next.Opened));
        Assert.Equal(0, Netted(books));
        // From here on both are known.
        var again = Run(books, "2026-03-04", [.. Line(sale), .. Line(sale, isReversal: true)]);
        Assert.Equal((2L, 2L), (again.Counts[MatchOutcome.Duplicate], again.Opened));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_SaleOneFileLateAndReversalNever_IsMissingOnTheirs(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = SellAndReverse(books);
        Run(books, "2026-03-02");

        var next = Run(books, "2026-03-03", Line(sale));

        Assert.Equal((1L, 1L), (next.Counts[MatchOutcome.Timing], next.Counts[MatchOutcome.MissingOnTheirs]));
        Assert.Equal(-1_000, Assert.Single(Exceptions(books).Open()).OursMinor);
        Assert.Equal(0, Netted(books));
        Assert.Equal((0L, 0L), Told(Run(books, "2026-03-04")));
        Assert.Equal((0L, 1L), Told(Run(books, "2026-03-05", Line(sale, isReversal: true))));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_SaleOneFileLateBeforeItsReversalIsDue_IsToldWhenItIs(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = SellAndReverse(books, reversed: "2026-03-04");
        Assert.Equal(2, Run(books, "2026-03-02").Counts[MatchOutcome.Netted]);
        Assert.Equal((0L, 0L), Told(Run(books, "2026-03-03", Line(sale))));
        Assert.Equal((1L, 0L), Told(Run(books, "2026-03-04")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_NettedSaleWhoseReversalAloneIsListed_IsMissingAgain(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = Sell(books, "600000000001");
        Assert.Equal((1L, 0L), Told(Run(books, "2026-03-02")));
        books.Reverse(sale);
        Assert.Equal((0L, 1L), Told(Run(books, "2026-03-03")));

        Assert.Equal((1L, 0L), Told(Run(books, "2026-03-04", Line(sale, isReversal: true))));
        Assert.Equal(1_000, Assert.Single(Exceptions(books).Open()).OursMinor);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_SaleAndReversalThatNobodyLists_StayNetted(string kind)
    {
        using var books = new OpenBooks(kind);
        SellAndReverse(books, reversed: "2026-03-03");
        Assert.Equal(2, Run(books, "2026-03-02").Counts[MatchOutcome.Netted]);
        // Said once, whatever of the two an import still looks back to: the last to the reversal alone.
        foreach (var date in
            (ReadOnlySpan<string>)["2026-03-03", "2026-02-28", "2026-03-20", "2026-04-05", "2026-04-06"])
        {
            var result = Run(books, date);
            Assert.Equal((0, 0L), (result.Counts.Count, result.Opened));
            Assert.Equal(2, Netted(books));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_NettedSaleWhoseFileComesLast_IsMatchedAndItsReversalOwed(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = SellAndReverse(books, reversed: "2026-03-07");
        Assert.Equal(2, Run(books, "2026-03-07").Counts[MatchOutcome.Netted]);
        var last = Run(books, "2026-03-02", Line(sale));
        Assert.Equal([MatchOutcome.Matched, MatchOutcome.MissingOnTheirs], last.Counts.Keys);
        Assert.Equal(-1_000, Assert.Single(Exceptions(books).Open()).OursMinor);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_UnknownLinesOfWhichOneIsExplained_TheOtherIsADuplicate(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = Sell(books, "600000000001", isSent: false);
        // Too far apart to be one, as long as nothing is known of it.
        Run(books, "2026-03-12", Line(sale));
        Run(books, "2026-03-02", Line(sale));
        Assert.Equal(2, Exceptions(books).Open().Count(static e => e.Outcome == MatchOutcome.MissingOnOurs));
        books.Send(sale);

        Assert.Equal((0L, 1L), Told(Run(books, "2026-03-13")));

        var left = Assert.Single(Exceptions(books).Open());
        Assert.Equal((MatchOutcome.Duplicate, "2026-03-12"), (left.Outcome, left.BusinessDate));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void MissingFiles_OfAnAcquirerWithoutMapping_HideNoOther(string kind)
    {
        using var books = new OpenBooks(kind);
        Sell(books, "600000000001");
        books.Close("2026-03-02");
        var dates = Enumerable.Range(1, MissingFiles.Max)
            .Select(static i => $"{new DateOnly(2020, 1, 1).AddDays(i):yyyy-MM-dd}");
        books.Store.Execute(
            "INSERT INTO balance (settle_date, acquirer, merchant_id, currency, business_date, entry_kind, account, "
            + "amount_minor, remainder_micro, entries) VALUES "
            + string.Join(", ", dates.Select(date =>
                $"('{date}', 'unmapped', 'M', 'EUR', '{date}', {(int)EntryKind.Sale}, "
                + $"{(int)Account.MerchantPayable}, 0, 0, 1)")));

        Assert.Equal(
            [new MissingFile("alpha", new DateOnly(2026, 3, 2), 1)],
            new MissingFiles(books.Store.Database).Read(["alpha"]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void MissingFiles_AreTheClosedDatesWithoutAFile(string kind)
    {
        using var books = new OpenBooks(kind);
        Sell(books, "600000000001");
        var missing = new MissingFiles(books.Store.Database);
        Assert.Empty(missing.Read(["alpha"]));
        books.Close("2026-03-02");
        Assert.Equal([new MissingFile("alpha", new DateOnly(2026, 3, 2), 1)], missing.Read(["alpha", "beta"]));
        Assert.Empty(missing.Read(["beta"]));
        Run(books, "2026-03-02");
        Assert.Empty(missing.Read(["alpha"]));
    }

    private static TransactionEvent Sell(OpenBooks books, string rrn, bool isSent = true)
    {
        var sale = books.Unique(Approvals.Purchase(1_000));
        sale.RetrievalReferenceNumber = rrn;
        sale.ApprovalCode = "A1B2C3";
        sale.CardLastFour = "4242";
        if (isSent) books.Send(sale);
        return sale;
    }

    private static TransactionEvent SellAndReverse(OpenBooks books, string reversed = "2026-03-02")
    {
        var sale = Sell(books, "600000000001");
        foreach (var type in (ReadOnlySpan<TransactionEventType>)
            [TransactionEventType.ReversalQueued, TransactionEventType.ReversalAcknowledged])
        {
            var reversal = sale.Later(type);
            reversal.BusinessDate = reversed;
            books.Send(reversal);
        }

        return sale;
    }

    private static (long Opened, long Settled) Told(ReconciliationResult result) => (result.Opened, result.Settled);

    private static long Netted(OpenBooks books) => books.Store.Number(
        "SELECT COUNT(*) FROM accounted_line WHERE outcome = @netted", new { netted = (int)MatchOutcome.Netted });

    private static LedgerEntry[] Line(TransactionEvent sale, bool isReversal = false)
    {
        var request = new LedgerEntry
        {
            Sequence = 1,
            Kind = LedgerKind.Debit,
            Mti = "0200",
            Rrn = sale.RetrievalReferenceNumber,
            Stan = "000001",
            TransmissionTime = "0302101500",
            Terminal = "T1",
            Merchant = "BAKERY-BERLIN",
            AmountMinor = 1_000,
            Currency = "978",
            MaskedPan = "411111******4242",
            ResponseCode = "00",
            ApprovalCode = sale.ApprovalCode,
            ApprovedMinor = 1_000,
        };
        if (!isReversal) return [request];
        // The line of the sale itself stood in an earlier file.
        var refund = request with { Sequence = 2, Kind = LedgerKind.Credit };
        return [refund];
    }

    private ReconciliationResult Run(OpenBooks books, string date, params LedgerEntry[] entries)
    {
        books.GoTo(date);
        var path = Path.Combine(_folder, $"alpha-{date}.csv");
        using (var stream = File.Create(path))
            AcquirerFile.Write(entries, "alpha", DateOnly.Parse(date, null), AcquirerFilePlan.Honest, stream);
        var result = new AcquirerReconciler(books.Store.Database, books.Terms, books.Day).Run(path, "alpha");
        Assert.Empty(result.Faults);
        return result;
    }

    private static ExceptionList Exceptions(OpenBooks books) => new(books.Store.Database, books.Day);
}
