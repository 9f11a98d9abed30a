using System.CommandLine;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Switch.Settlement.Commands;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Commands;

/// <summary>The verbs as a person types them, on a real store.</summary>
public sealed class VerbTests : IDisposable
{
    private readonly OpenBooks _books = new(TestStore.Sqlite);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("switch-verbs-");

    public static TheoryData<string> Verbs() =>
        new(Paths(SettlementCommand.Build(new FakeTimeProvider()), "").Where(static path => path.Length > 0));

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Help_OfEveryVerb_SaysWhatItDoesAndShowsItsOptions(string verb)
    {
        var command = verb.Split(' ').Aggregate(
            (Command)SettlementCommand.Build(_books.Clock),
            static (at, name) => at.Subcommands.Single(sub => sub.Name == name));

        var said = await RunAsync([.. verb.Split(' '), "--help"]);

        Assert.Equal(0, said.Status);
        Assert.Contains(command.Description![..20], said.Output, StringComparison.Ordinal);
        Assert.All(command.Options, option => Assert.False(string.IsNullOrEmpty(option.Description), option.Name));
        Assert.All(command.Options, option => Assert.Contains(option.Name, said.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WrongUsage_NamesEveryFault_AndDoesNothing()
    {
        var said = await RunAsync("close", "--date", "2026-13-01", "--wrong");

        Assert.Equal(SettlementCommand.CannotWork, said.Status);
        Assert.Contains("'2026-13-01' is no date", said.Error, StringComparison.Ordinal);
        Assert.Contains("--wrong", said.Error, StringComparison.Ordinal);
        Assert.Equal(0, _books.Store.Number("SELECT COUNT(*) FROM closed_day"));
    }

    [Fact]
    public async Task Close_KafkaAway_IsRefusedUnlessAllowed()
    {
        var refused = await AtAsync("close", "--date", "2026-03-02", "--kafka", "127.0.0.1:1");
        Assert.Equal(SettlementCommand.Refused, refused.Status);
        Assert.Contains("--allow-behind", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, _books.Store.Number("SELECT COUNT(*) FROM closed_day"));

        Assert.Equal(0, (await AtAsync("close", "--date", "2026-03-02", "--allow-behind")).Status);
        Assert.Equal(1, _books.Store.Number("SELECT COUNT(*) FROM closed_day"));
    }

    [Fact]
    public async Task Close_ASecondTime_IsRefusedAndSaysWhoClosed()
    {
        await AtAsync("close", "--date", "2026-03-02", "--allow-behind", "--by", "anna");
        var again = await AtAsync("close", "--date", "2026-03-02", "--allow-behind", "--by", "berta");

        Assert.Equal(SettlementCommand.Refused, again.Status);
        Assert.Contains("anna", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_WithAFolder_WritesFilesThatComeAgainWithTheSameBytes()
    {
        _books.Sell(1290, "2026-03-02");
        var closed = await AtAsync("close", "--date", "2026-03-02", "--allow-behind", "--out", _folder.FullName);
        Assert.Equal(0, closed.Status);
        Assert.Contains("BAKERY-BERLIN", closed.Output, StringComparison.Ordinal);
        var first = Contents();
        Assert.Contains(first.Keys, static name => name.EndsWith("payouts.xml", StringComparison.Ordinal));

        Assert.Equal(0, (await AtAsync("files", "--date", "2026-03-02", "--out", _folder.FullName)).Status);
        Assert.Equal(first, Contents());
        Assert.Equal(
            0,
            (await AtAsync(
                "statement", "--merchant", "BAKERY-BERLIN", "--date", "2026-03-02", "--out", _folder.FullName)).Status);
        Assert.Equal(first.Count + 4, Contents().Count);
    }

    [Fact]
    public async Task Balances_AfterASale_AddUpAndExplainNamesItsFees()
    {
        var sale = _books.Sell(1290, "2026-03-02");

        var balances = await AtAsync("balances");
        Assert.Equal(0, balances.Status);
        Assert.Contains("scheme_receivable", balances.Output, StringComparison.Ordinal);

        var fees = await AtAsync("explain", sale.TransactionId);
        Assert.Contains("of 12.90 EUR", fees.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("taken back", fees.Output, StringComparison.Ordinal);
        _books.Reverse(sale);
        Assert.Contains(
            "all of it was taken back by a reversal that settles on 2026-03-02",
            (await AtAsync("explain", sale.TransactionId)).Output, StringComparison.Ordinal);
        var unknown = await AtAsync("explain", new string('0', 32));
        Assert.Equal(SettlementCommand.Refused, unknown.Status);
    }

    [Fact]
    public async Task Balances_ALineChangedBehindTheirBack_AreRefused()
    {
        _books.Sell(1290, "2026-03-02");
        using (var connection = _books.Store.Database.OpenConnection())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "UPDATE posting SET amount_minor = amount_minor + 1 WHERE line = 0";
            command.ExecuteNonQuery();
        }

        var said = await AtAsync("balances");
        Assert.Equal(SettlementCommand.Refused, said.Status);
        Assert.Contains("do not add up", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12.905", "more than 2 decimals")]
    [InlineData("12,90", "no amount")]
    [InlineData("10000000000000.01", "10^15")]
    public async Task Adjust_BadAmount_IsRefusedWithItsReason(string amount, string expected)
    {
        var said = await AdjustAsync(amount);
        Assert.Equal(SettlementCommand.Refused, said.Status);
        Assert.Contains(expected, said.Error, StringComparison.Ordinal);
        Assert.Equal(0, _books.Store.Number("SELECT COUNT(*) FROM adjustment"));
    }

    [Fact]
    public async Task Adjust_NegativeAmount_TakesFromTheMerchant()
    {
        Assert.Equal(0, (await AdjustAsync("-12.90")).Status);
        Assert.Equal(-1290, _books.Store.Number("SELECT amount_minor FROM adjustment"));
    }

    [Fact]
    public async Task Hold_ThenRelease_IsDoneOnce()
    {
        var placed = await AtAsync("hold", "--merchant", "BAKERY-BERLIN", "--reason", "asked for papers");
        Assert.Equal(0, placed.Status);
        var id = placed.Output.Split(' ')[1];
        Assert.Equal(0, (await AtAsync("release", id)).Status);
        Assert.Equal(SettlementCommand.Refused, (await AtAsync("release", id)).Status);
    }

    [Fact]
    public async Task Hold_OfNothing_IsRefusedAndHoldsNothing()
    {
        var said = await AtAsync(
            "hold", "--merchant", "BAKERY-BERLIN", "--reason", "a slip", "--amount", "0", "--currency", "EUR");
        Assert.Equal(SettlementCommand.Refused, said.Status);
        Assert.Contains("without --amount", said.Error, StringComparison.Ordinal);
        Assert.Equal(0, _books.Store.Number("SELECT COUNT(*) FROM payout_hold"));
    }

    [Fact]
    public async Task Close_FilesThatCannotBeWritten_SaysThatItIsClosedAndHowTheyComeAgain()
    {
        _books.Sell(1290, "2026-03-02");
        var taken = Path.Combine(_folder.FullName, "taken");
        await File.WriteAllTextAsync(taken, "a file where a folder is wanted", TestContext.Current.CancellationToken);

        var said = await AtAsync("close", "--date", "2026-03-02", "--allow-behind", "--out", taken);

        Assert.Equal(3, said.Status);
        Assert.Contains("2026-03-02 is closed; run files --date 2026-03-02", said.Error, StringComparison.Ordinal);
        Assert.Equal(1, _books.Store.Number("SELECT COUNT(*) FROM closed_day"));
    }

    [Fact]
    public async Task Close_WithDeadLetters_SaysHowManyBeforeItCloses()
    {
        _books.Store.Execute(
            "INSERT INTO dead_letter (topic, partition_no, partition_offset, reason, received_ms, message_key, "
            + "payload) "
            + "VALUES ('t', 0, 7, 'no event', 1, '', X'00'), ('t', 0, 8, 'no event', 1, '', X'00')");

        var said = await AtAsync("close", "--date", "2026-03-02", "--allow-behind");

        Assert.Equal(0, said.Status);
        Assert.Matches("(?s)2 dead letters.*closing 2026-03-02", said.Output);
    }

    [Fact]
    public async Task DeadLetters_ListAndRetry_TellWhatStaysAndBookWhatIsGood()
    {
        var good = _books.Unique(Approvals.Purchase(1290, "BAKERY-BERLIN", "EUR", "2026-03-02"));
        good.TerminalId = "BK000001";
        _books.Store.Execute(
            "INSERT INTO dead_letter (topic, partition_no, partition_offset, reason, received_ms, message_key, "
            + "payload) "
            + "VALUES ('payments.transaction.v1', 0, 7, 'a fault of then', 1, @key, @payload), "
            + "('payments.transaction.v1', 1, 8, 'no event', 1, 'k', X'FF')",
            new { key = good.RootTransactionId, payload = good.ToByteArray() });
        _books.Store.Execute(
            "INSERT INTO consumed (topic, partition_no, next_offset) VALUES ('payments.transaction.v1', 0, 9), "
            + "('payments.transaction.v1', 1, 9)");

        var listed = await AtAsync("dead-letters", "list");
        Assert.Contains("a fault of then", listed.Output, StringComparison.Ordinal);
        Assert.Contains("can be booked", listed.Output, StringComparison.Ordinal);
        Assert.Contains("2 dead letters", listed.Output, StringComparison.Ordinal);

        var retried = await AtAsync("dead-letters", "retry");
        Assert.Equal((0, ""), (retried.Status, retried.Error));
        Assert.Contains("1 booked, 0 were in the books already, 1 stay", retried.Output, StringComparison.Ordinal);
        Assert.Equal(1, _books.Store.Number("SELECT COUNT(*) FROM payment"));
    }

    [Fact]
    public async Task Reconcile_AFileWithAFault_IsRefusedWithItsLine()
    {
        var path = Path.Combine(_folder.FullName, "alpha.csv");
        await File.WriteAllTextAsync(path, "H;alpha;20260302\nD;sale;X\n", TestContext.Current.CancellationToken);

        var said = await AtAsync("reconcile", path, "--acquirer", "alpha");
        Assert.Equal(SettlementCommand.Refused, said.Status);
        Assert.Contains("alpha.csv:2", said.Error, StringComparison.Ordinal);
        Assert.Equal(0, _books.Store.Number("SELECT COUNT(*) FROM imported_file"));
        Assert.Equal(SettlementCommand.CannotWork, (await AtAsync("reconcile", path)).Status);
        Assert.Equal(
            SettlementCommand.CannotWork, (await AtAsync("reconcile", path, "--bank", "--acquirer", "alpha")).Status);
    }

    [Fact]
    public async Task Exceptions_OfEmptyBooks_AreNone_AndResolvingOneIsRefused()
    {
        Assert.Contains("0 open", (await AtAsync("exceptions")).Output, StringComparison.Ordinal);
        Assert.Equal(SettlementCommand.Refused, (await AtAsync("resolve", "7", "--note", "seen")).Status);
    }

    [Fact]
    public async Task Exceptions_ClosedDateWithoutItsFile_IsNamed()
    {
        _books.Sell(1290, "2026-03-02");
        await AtAsync("close", "--date", "2026-03-02", "--allow-behind");

        Assert.Contains(
            "no file of alpha for 2026-03-02: 1 movements", (await AtAsync("exceptions")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_WithoutKeys_IsRefusedAndSaysWhichSettingIsMissing()
    {
        var said = await AtAsync("webhook", "list");
        Assert.Equal(SettlementCommand.Refused, said.Status);
        Assert.Contains("Settlement:Webhooks:KeysPath", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terms_WithFaults_AreNamedWithFileAndLine()
    {
        var path = Path.Combine(_folder.FullName, "terms.yaml");
        var text = SampleTerms.Text.Replace("percent: 1.95", "percent: -1", StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);

        var said = await RunAsync("balances", "--database", _books.Store.Connection, "--terms", path);
        Assert.Equal(SettlementCommand.CannotWork, said.Status);
        Assert.StartsWith($"{path}:", said.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _books.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task<Said> AdjustAsync(string amount) => AtAsync(
        "adjust", "--reference", "case 1", "--merchant", "BAKERY-BERLIN", "--acquirer", "alpha", "--amount", amount,
        "--currency", "EUR", "--reason", "typed wrongly");

    private Task<Said> AtAsync(params string[] args) =>
        RunAsync([.. args, "--database", _books.Store.Connection, "--terms", SampleTerms.Path]);

    private async Task<Said> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var status = await SettlementCommand.RunAsync(args, _books.Clock, output, error);
        return new Said(status, output.ToString(), error.ToString());
    }

    private SortedDictionary<string, string> Contents() => new(
        _folder.EnumerateFiles("*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(_folder.FullName, file.FullName), file => File.ReadAllText(file.FullName)));

    private static IEnumerable<string> Paths(Command command, string path) => command.Subcommands
        .SelectMany(sub => Paths(sub, path.Length == 0 ? sub.Name : $"{path} {sub.Name}")).Prepend(path);

    private sealed record Said(int Status, string Output, string Error);
}
