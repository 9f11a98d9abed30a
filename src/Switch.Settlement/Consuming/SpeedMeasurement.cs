using System.Diagnostics;
using System.Globalization;
using Dapper;
using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Fees;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Measures how fast the books are written, without Kafka: made-up approvals, each of a payment of its own, which is
/// the most work that an event can be.
/// </summary>
internal static class SpeedMeasurement
{
    private const int Merchants = 500;
    private const int Terminals = 5_000;
    private const int Partitions = 4;
    private const long ReportEvery = 100_000;
    private static readonly string[] Acquirers = ["alpha", "beta"];
    private static readonly string[] Books = ["consumed", "payment", "entry", "closed_day"];

    /// <summary>Why nothing made up may be written to a store; null when its books are empty.</summary>
    /// <exception cref="System.Data.Common.DbException">The store is away.</exception>
    public static string? FaultOf(SettlementDatabase database)
    {
        using var connection = database.OpenConnection();
        foreach (var table in Books)
        {
            var rows = connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}", commandTimeout: 0);
            if (rows == 0) continue;
            return $"{database.Place} has {rows} rows of {table}: made-up events are written to an empty store only; "
                + "name another with --database";
        }

        return null;
    }

    /// <summary>Writes that many events and says how fast that was.</summary>
    /// <param name="database">The store; empty.</param>
    /// <param name="fees">What is charged.</param>
    /// <param name="events">At least 1.</param>
    /// <param name="batch">Events a transaction.</param>
    /// <param name="output">Where to say it.</param>
    public static void Run(SettlementDatabase database, FeeSchedule fees, long events, int batch, TextWriter output)
    {
        var reader = new EventReader(TimeProvider.System, futureDaysMax: 2);
        using var writer = new BooksWriter(
            database, new Bookkeeper(fees), "measured", TimeProvider.System);
        writer.ReadPositions(Enumerable.Range(0, Partitions));
        var offsets = new long[Partitions];
        var started = Stopwatch.GetTimestamp();
        // As in the consumer, one thread reads the next batch while another writes this one.
        Task<BatchResult>? writing = null;
        for (long i = 0; i < events;)
        {
            List<ReadMessage> messages = new(batch);
            for (; messages.Count < batch && i < events; i++)
            {
                var partition = (int)(i % Partitions);
                messages.Add(reader.Read(MessageOf(i, partition, offsets[partition]++)));
            }

            if (writing?.GetAwaiter().GetResult().IsFenced == true)
                throw new StoreRefusedException("another consumer writes to this store");
            writing = Task.Run(() => writer.Write(messages));
            if (i / ReportEvery == (i - messages.Count) / ReportEvery) continue;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{i,10:N0} events, {i / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} a second"));
        }

        writing?.GetAwaiter().GetResult();
        var took = Stopwatch.GetElapsedTime(started);
        using var process = Process.GetCurrentProcess();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{events:N0} events in {took.TotalSeconds:N1} s: {events / took.TotalSeconds:N0} a second, "
            + $"{process.TotalProcessorTime.TotalSeconds:N1} s of processor time, "
            + $"{process.PeakWorkingSet64 / 1048576:N0} MiB at most"));
    }

    private static ConsumedMessage MessageOf(long i, int partition, long offset)
    {
        var id = IdOf(i);
        var e = new TransactionEvent
        {
            EventId = id + ".authorized",
            Type = TransactionEventType.Authorized,
            Sequence = 2,
            OccurredAt = new() { Seconds = 1_780_000_000 + (i / 1000) },
            AcceptedAt = new() { Seconds = 1_780_000_000 + (i / 1000) },
            BusinessDate = "2026-05-28",
            TransactionId = id,
            RootTransactionId = id,
            MerchantId = string.Create(CultureInfo.InvariantCulture, $"MERCHANT{i % Merchants:D7}"),
            TerminalId = string.Create(CultureInfo.InvariantCulture, $"T{i % Terminals:D7}"),
            IdempotencyKey = id,
            Stan = (int)(i % 999_999) + 1,
            Kind = TransactionKind.Purchase,
            EntryMode = EntryMode.Contactless,
            RequestedAmount = new Money { AmountMinor = 100 + (i % 9_900), Currency = "EUR" },
            ApprovedAmount = new Money { AmountMinor = 100 + (i % 9_900), Currency = "EUR" },
            Outcome = Outcome.Approved,
            ResponseCode = "00",
            AcquirerResponseCode = "00",
            ApprovalCode = "A12345",
            RetrievalReferenceNumber = id[20..].ToUpperInvariant(),
            Acquirer = Acquirers[i % Acquirers.Length],
            RouteReason = "rule visa-eu, candidate 1 of 2",
            Attempts = 1,
            CardToken = IdOf(i + 1_000_000_007) + IdOf(i + 2_000_000_011),
            CardTokenKeyId = "t1",
            CardFirstSix = "411111",
            CardLastFour = string.Create(CultureInfo.InvariantCulture, $"{i * 7919 % 10_000:D4}"),
            Scheme = "visa",
            IssuerCountry = "DE",
            Funding = "credit",
            Mcc = "5411",
        };
        return new ConsumedMessage(partition, offset, id, e.ToByteArray(), "cardswitch.transaction.authorized.v1");
    }

    // Spread like a hash, as real ids are.
    private static string IdOf(long i)
    {
        var (high, low) = (Mixed((ulong)i), Mixed((ulong)i ^ 0x9E37_79B9_7F4A_7C15));
        return string.Create(CultureInfo.InvariantCulture, $"{high:x16}{low:x16}");
    }

    private static ulong Mixed(ulong x)
    {
        x += 0x9E37_79B9_7F4A_7C15;
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
        return x ^ (x >> 31);
    }
}
