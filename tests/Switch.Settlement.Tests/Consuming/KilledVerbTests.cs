using Switch.Settlement.Days;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;
using Switch.Testing;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>The verbs that change much at once, killed in the midst of it: all of it is done, or nothing.</summary>
public sealed class KilledVerbTests : IDisposable
{
    private const int Payments = 300;
    private const string Date = "2026-05-29";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("switch-killed-");

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Rebuild_Killed_LeavesTheOldBooksOrTheNew(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        await FillAsync(topic, store);
        var old = BooksDigest.Of(store.Database);
        // Dearer, so that the new books are others than the old.
        var terms = Path.Combine(_folder.FullName, "settlement.yaml");
        await File.WriteAllTextAsync(
            terms, SampleTerms.Text.Replace("percent: 1.2\n", "percent: 2.2\n", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        SettlementProcess Start() => SettlementProcess.Start(
            ["rebuild", "--force", "--database", Of(store), "--terms", terms, "--kafka", topic.Address]);

        using (var replaying = Start())
        {
            await replaying.SaysAsync("replaying ");
            await replaying.KillAsync();
            Assert.Equal(old, await RestAsync(store));
        }

        using (var stuck = new StuckTable(store, "event"))
        using (var swapping = Start())
        {
            // Postings, entries and balances are gone by then.
            await swapping.SaysAsync("swapping in ");
            await stuck.CatchesAsync(swapping);
            await swapping.KillAsync();
        }

        Assert.Equal(old, await RestAsync(store));
        string ended;
        using (var swapped = Start())
        {
            await swapped.SaysAsync("summing up the new books");
            await swapped.KillAsync();
            ended = await RestAsync(store);
        }

        using var last = Start();
        await last.ExitAsync();
        Assert.True(last.ExitCode == 0, last.Said);
        var made = BooksDigest.Of(store.Database);
        Assert.NotEqual(old, made);
        Assert.Contains(ended, (string[])[old, made]);
        BooksWriterTests.AssertBalanced(store);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Close_Killed_HasClosedNothingAndClosesTheSameAfterwards(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        using var undisturbed = TestStore.Create(kind);
        await FillAsync(topic, store, undisturbed);
        var open = Everything(store);
        Assert.Equal(open, Everything(undisturbed));
        SettlementProcess Start() => SettlementProcess.Start(
            ["close", "--date", Date, "--by", "anna", "--allow-behind", "--database", Of(store), "--terms",
                SampleTerms.Path, "--kafka", topic.Address]);

        // Windows are fixed by the first, and everything but the last rows by the second.
        foreach (var table in (string[])["payout", "closed_day_watermark"])
        {
            using (var stuck = new StuckTable(store, table))
            using (var closing = Start())
            {
                await closing.SaysAsync($"closing {Date}");
                await stuck.CatchesAsync(closing);
                await closing.KillAsync();
            }

            await RestAsync(store);
            Assert.Equal(open, Everything(store));
        }

        using var last = Start();
        await last.ExitAsync();
        Assert.True(last.ExitCode == 0, last.Said);
        var day = new BusinessDay(TimeProvider.System, TimeZoneInfo.Utc, TimeSpan.Zero);
        var close = new DayCloser(undisturbed.Database, SampleTerms.Read(), day).Close(BusinessDay.Parse(Date), "anna");
        Assert.Null(close.Refusal);
        Assert.NotEmpty(close.Payouts);
        Assert.Equal(Everything(undisturbed), Everything(store));
        Assert.NotEqual(open, Everything(store));
        BooksWriterTests.AssertBalanced(store);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task FillAsync(TestTopic topic, params TestStore[] stores)
    {
        EventConsumerTests.SendPayments(topic, seed: 8, 0, Payments);
        topic.Flush();
        foreach (var store in stores)
        {
            await using (await TestConsumer.StartAsync(topic, store))
                await TestConsumer.ReachesAsync(store, topic.Sent);
        }
    }

    // A name of its own for the sessions of what is killed: the server ends them a moment later.
    private static string Of(TestStore store) => store.Database.Dialect == StoreDialect.Sqlite
        ? store.Connection
        : $"{store.Connection};Application Name={Sessions(store)}";

    private static string Sessions(TestStore store) => $"killed-{store.Database.Place}";

    /// <summary>The books, when nothing of a killed process is under way any more.</summary>
    private static async Task<string> RestAsync(TestStore store)
    {
        if (store.Database.Dialect == StoreDialect.PostgreSql)
        {
            await Eventually.TrueAsync(
                () => store.Number(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = @name",
                    new { name = Sessions(store) }) == 0,
                "its sessions have ended", TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }

        return BooksDigest.Of(store.Database);
    }

    /// <summary>The books, and what a close writes beside them.</summary>
    private static List<string> Everything(TestStore store) =>
    [
        BooksDigest.Of(store.Database),
        .. store.Rows<string>(
            "SELECT settle_date || ' ' || acquirer || ' ' || merchant_id || ' ' || currency || ' ' || net_minor "
            + "FROM settlement_window").Order(StringComparer.Ordinal),
        .. store.Rows<string>(
            "SELECT id || ' ' || brought_minor || ' ' || net_minor || ' ' || amount_minor || ' ' || status FROM payout")
            .Order(StringComparer.Ordinal),
        .. store.Rows<string>(
            "SELECT business_date || ' ' || merchant_id || ' ' || acquirer || ' ' || currency || ' ' || held_minor "
            + "FROM reserve_held").Order(StringComparer.Ordinal),
        .. store.Rows<string>("SELECT business_date || ' ' || closed_by FROM closed_day"),
        .. store.Rows<string>(
            "SELECT business_date || ' ' || partition_no || ' ' || next_offset FROM closed_day_watermark")
            .Order(StringComparer.Ordinal),
    ];
}
