using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

public sealed class JournalDurabilityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteAsync_EveryKindOfRow_SurvivesReopen()
    {
        await using var harness = new JournalHarness();
        var traced = Steps.Event(3, trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        var empty = Steps.Event(4, bytes: 0);
        await Ok(harness.Journal.WriteAsync(Steps.Open(1)));
        await Ok(harness.Journal.WriteAsync(new JournalStep { Events = [traced, empty], Advice = Steps.Advice(2) }));

        var journal = await harness.ReopenAsync();
        var intent = Assert.Single(journal.ReadOpenIntents());
        Assert.Equal(Steps.Intent(1) with { Detail = default }, intent with { Detail = default });
        Assert.Equal(Steps.Intent(1).Detail.ToArray(), intent.Detail.ToArray());
        var advice = Assert.Single(journal.ReadAdvices());
        Assert.Equal(Steps.Advice(2) with { Detail = default }, advice with { Detail = default, Sequence = 0 });
        Assert.Equal(Steps.Advice(2).Detail.ToArray(), advice.Detail.ToArray());
        var events = await journal.ReadOutboxAsync(0, 10, Cancel);
        Assert.Equal([traced, empty], events.Select(Row), RowComparer);
        Assert.Equal((1L, 2L, 1L), (journal.OpenIntents, journal.OutboxDepth, journal.PendingAdvices));
    }

    [Fact]
    public async Task WriteAsync_PayloadThatIsASliceOfAnArray_WritesTheSlice()
    {
        await using var harness = new JournalHarness();
        var whole = Steps.Bytes(1, 100);
        var row = Steps.Event(1) with { Payload = whole.AsMemory(10, 50) };
        await Ok(harness.Journal.WriteAsync(new JournalStep { Events = [row] }));
        var read = Assert.Single(await harness.Journal.ReadOutboxAsync(0, 10, Cancel));
        Assert.Equal(whole[10..60], read.Payload.ToArray());
    }

    [Fact]
    public async Task WriteAsync_Outcome_ClosesItsIntentInTheSameCommit()
    {
        await using var harness = new JournalHarness();
        await Ok(harness.Journal.WriteAsync(Steps.Open(1)));
        await Ok(harness.Journal.WriteAsync(Steps.Open(2)));
        Assert.Equal(2, harness.Journal.OpenIntents);
        await Ok(harness.Journal.WriteAsync(Steps.Close(1)));
        Assert.Equal((1L, 1L), (harness.Journal.OpenIntents, harness.Journal.OutboxDepth));
        Assert.Equal(Steps.Id(2), Assert.Single(harness.Journal.ReadOpenIntents()).TransactionId);
    }

    [Fact]
    public async Task WriteAsync_NextAttempt_ReplacesTheIntent()
    {
        await using var harness = new JournalHarness();
        await Ok(harness.Journal.WriteAsync(Steps.Open(1)));
        var second = Steps.Intent(1, attempt: 2) with { Acquirer = "beta" };
        await Ok(harness.Journal.WriteAsync(new JournalStep { OpenIntent = second }));
        Assert.Equal(1, harness.Journal.OpenIntents);
        var intent = Assert.Single(harness.Journal.ReadOpenIntents());
        Assert.Equal((2, "beta"), (intent.Attempt, intent.Acquirer));
    }

    [Fact]
    public async Task WriteAsync_SameEventAndAdviceTwice_KeepsTheFirst()
    {
        await using var harness = new JournalHarness();
        await Ok(harness.Journal.WriteAsync(new JournalStep { Events = [Steps.Event(1)], Advice = Steps.Advice(1) }));
        await Ok(harness.Journal.WriteAsync(new JournalStep
        {
            Events = [Steps.Event(1) with { Payload = new byte[] { 7 } }, Steps.Event(2)],
            Advice = Steps.Advice(1) with { State = "other" },
        }));
        var journal = await harness.ReopenAsync();
        Assert.Equal((2L, 1L), (journal.OutboxDepth, journal.PendingAdvices));
        var events = await journal.ReadOutboxAsync(0, 10, Cancel);
        Assert.Equal([Steps.Event(1), Steps.Event(2)], events.Select(Row), RowComparer);
        Assert.Equal("pending", Assert.Single(journal.ReadAdvices()).State);
    }

    [Fact]
    public async Task WriteAsync_CloseOfAnUnknownIntent_StillRecordsTheEvent()
    {
        await using var harness = new JournalHarness();
        await Ok(harness.Journal.WriteAsync(Steps.Close(1)));
        await Ok(harness.Journal.WriteAsync(new JournalStep { CloseIntent = Steps.Id(2) }));
        Assert.Equal((0L, 1L), (harness.Journal.OpenIntents, harness.Journal.OutboxDepth));
    }

    [Fact]
    public async Task DisposeAsync_WritesWaiting_AreAllWrittenFirst()
    {
        await using var harness = new JournalHarness();
        var journal = harness.Journal;
        var held = harness.HoldWriterAsync();
        var writes = Enumerable.Range(1, 300).Select(i => journal.WriteAsync(Steps.Open(i)).AsTask()).ToArray();
        var closed = harness.CloseAsync();
        Assert.Equal(JournalFault.Stopped, await journal.WriteAsync(Steps.Open(999)));
        harness.ReleaseWriter();
        await held;
        Assert.All(await Task.WhenAll(writes), fault => Assert.Equal(JournalFault.None, fault));
        await closed;
        Assert.Equal(300, harness.Journal.OpenIntents);
        Assert.Equal(300, harness.Journal.ReadOpenIntents().Count);
    }

    [Fact]
    public async Task Open_AnyFile_SyncsEveryCommitAndOverwritesWhatIsDeleted()
    {
        await using var harness = new JournalHarness();
        await harness.CloseAsync();
        using var connection = JournalFile.OpenWriter(harness.Options);
        Assert.Equal(2, JournalFile.Number(connection, "PRAGMA synchronous"));
        Assert.Equal(1, JournalFile.Number(connection, "PRAGMA secure_delete"));
        Assert.Equal(harness.Options.BytesMax / 4096, JournalFile.Number(connection, "PRAGMA max_page_count"));
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", command.ExecuteScalar());
    }

    [Fact]
    public async Task DisposeAsync_ClosedIntents_LeaveNothingOfTheirDetailInAnyFile()
    {
        var canary = "SEALED-CANARY-BYTES-0123456789"u8.ToArray();
        await using var harness = new JournalHarness();
        var row = Steps.Intent(1) with { Detail = canary };
        await Ok(harness.Journal.WriteAsync(new JournalStep { OpenIntent = row }));
        Assert.Contains(Files(harness), bytes => bytes.AsSpan().IndexOf(canary) >= 0);
        await Ok(harness.Journal.WriteAsync(Steps.Close(1)));
        await harness.CloseAsync();
        Assert.NotEmpty(Files(harness));
        Assert.DoesNotContain(Files(harness), bytes => bytes.AsSpan().IndexOf(canary) >= 0);
    }

    private static IEnumerable<byte[]> Files(JournalHarness harness)
    {
        foreach (var path in Directory.GetFiles(System.IO.Path.GetDirectoryName(harness.Options.Path)!))
        {
            if (path.EndsWith(".lock", StringComparison.Ordinal)) continue;
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            yield return bytes;
        }
    }

    private static readonly EqualityComparer<OutboxRow> RowComparer = EqualityComparer<OutboxRow>.Create(
        (left, right) => left! with { Payload = default } == right! with { Payload = default }
            && left.Payload.Span.SequenceEqual(right.Payload.Span));

    private static OutboxRow Row(PendingEvent e) =>
        new(e.EventId, e.PartitionKey, e.Type, e.TraceParent, e.OccurredAtMs, e.Payload);

    private static async Task Ok(ValueTask<JournalFault> write) => Assert.Equal(JournalFault.None, await write);
}
