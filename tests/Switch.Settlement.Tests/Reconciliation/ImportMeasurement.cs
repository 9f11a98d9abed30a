using System.Diagnostics;
using Switch.Contracts.V1;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;
using Switch.Simulator;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>What docs/limits.md says of a large import; run on demand (--explicit only).</summary>
public sealed class ImportMeasurement(ITestOutputHelper output)
{
    private const int Lines = 200_000;
    private const int Batch = 10_000;

    [Theory(Explicit = true)]
    [InlineData(TestStore.Sqlite)]
    [InlineData(TestStore.PostgreSql)]
    public void Import_TwoHundredThousandLines_SaysHowLong(string kind)
    {
        using var books = new OpenBooks(kind);
        var entries = new List<LedgerEntry>(Lines);
        var events = new List<TransactionEvent>(Batch);
        for (var i = 0; i < Lines; i++)
        {
            var sale = books.Unique(Approvals.Purchase(1_000 + (i % 500)));
            sale.RetrievalReferenceNumber = $"9{i:D11}";
            sale.ApprovalCode = $"{i % 1_000_000:D6}";
            events.Add(sale);
            entries.Add(new LedgerEntry
            {
                Sequence = i + 1,
                Kind = LedgerKind.Debit,
                Mti = "0200",
                Rrn = sale.RetrievalReferenceNumber,
                Stan = "000001",
                TransmissionTime = "0302101500",
                Terminal = "T1",
                Merchant = "BAKERY-BERLIN",
                AmountMinor = sale.ApprovedAmount.AmountMinor,
                Currency = "978",
                MaskedPan = "411111******4242",
                ResponseCode = "00",
                ApprovalCode = sale.ApprovalCode,
                ApprovedMinor = sale.ApprovedAmount.AmountMinor,
            });
            if (events.Count < Batch) continue;
            books.Send([.. events]);
            events.Clear();
        }

        var path = Path.GetTempFileName();
        try
        {
            using (var stream = File.Create(path))
                AcquirerFile.Write(entries, "alpha", RandomLedger.Day, AcquirerFilePlan.Honest, stream);
            entries.Clear();
            GC.Collect();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var started = Stopwatch.GetTimestamp();
            var result = new AcquirerReconciler(books.Store.Database, books.Terms, books.Day).Run(
                path, "alpha",
                progress: text => output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s: {text}"));
            output.WriteLine(
                $"{kind}: {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, "
                + $"{(GC.GetTotalAllocatedBytes(precise: true) - before) >> 20} MiB allocated, "
                + $"peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
            Assert.Equal(Lines, result.Counts[MatchOutcome.Matched]);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
