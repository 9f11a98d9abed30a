using System.Text;
using System.Text.Json;
using Switch.Iso8583;

namespace Switch.Simulator.Tests;

public sealed class LedgerTests
{
    private const string Track2 = $"{HostMessage.Pan}=30121010000000000000";
    private const string PinBlock = "1234567890ABCDEF";
    private const string Emv = "9F2608A1B2C3D4E5F60718";

    [Theory]
    [InlineData("iso1987-ascii")]
    [InlineData("iso1987-binary")]
    public async Task G6_LedgerAndItsFileAndLog_HoldNoCardData(string dialect)
    {
        var path = Path.GetTempFileName();
        await using var log = new StringWriter();
        string json;
        await using (var host = await TestHost.StartAsync(new AcquirerHostOptions
        {
            Dialect = IsoDialect.Resolve(dialect),
            LedgerFile = path,
            Log = log,
        }))
        {
            using var client = await HostClient.ConnectAsync(host);
            var purchase = HostMessage.Purchase().With(35, Track2).With(52, PinBlock).With(55, Emv);
            await client.ExchangeAsync(purchase);
            await client.ExchangeAsync(purchase);
            await client.ExchangeAsync(purchase.With(37, HostMessage.Rrn(2)).Without(2));
            await client.ExchangeAsync(HostMessage.ReversalOf(HostMessage.Purchase()));
            await client.ExchangeAsync(purchase.With(37, HostMessage.Rrn(3)).Without(49));
            await client.SendRawAsync([0xFF, 0xFF, 0xFF, 0xFF, .. HostMessage.Purchase().Encode(host.Dialect)]);
            await client.AssertClosedAsync();
            json = host.Ledger.ToJson() + string.Join('\n', host.Ledger.Entries()) + host.Counters;
        }

        var written = json + await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) + log;
        File.Delete(path);
        Assert.Contains("411111******1111", written, StringComparison.Ordinal);
        foreach (var secret in new[] { HostMessage.Pan, Track2[17..], PinBlock, Emv })
            foreach (var form in Encodings(secret))
                Assert.DoesNotContain(form, written, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task ToJson_Document_HasTotalsAndEntries()
    {
        await using var host = await TestHost.StartAsync(new AcquirerHostOptions { Name = "alpha" });
        using var client = await HostClient.ConnectAsync(host);
        await client.ExchangeAsync(HostMessage.Purchase());
        await client.ExchangeAsync(HostMessage.ReversalOf(HostMessage.Purchase()));
        var root = JsonDocument.Parse(host.Ledger.ToJson()).RootElement;
        Assert.Equal("alpha", root.GetProperty("host").GetString());
        Assert.Equal(0, root.GetProperty("totals")[0].GetProperty("netMinor").GetInt64());
        Assert.Equal("Debit", root.GetProperty("entries")[0].GetProperty("kind").GetString());
        Assert.Equal(2, root.GetProperty("entries")[0].GetProperty("reversedBy").GetInt64());
        Assert.False(root.GetProperty("entries")[0].TryGetProperty("note", out _));
    }

    [Fact]
    public async Task LedgerFile_LastLineOfASequence_IsTheEntryAsItStands()
    {
        var path = Path.GetTempFileName();
        await using (var host = await TestHost.StartAsync(new AcquirerHostOptions { LedgerFile = path }))
        {
            using var client = await HostClient.ConnectAsync(host);
            await client.ExchangeAsync(HostMessage.Purchase());
            // A second process may read while the host runs.
            await Eventually.TrueAsync(
                () => ReadShared(path).Contains("\"delivery\":\"Sent\"", StringComparison.Ordinal));
            await client.ExchangeAsync(HostMessage.ReversalOf(HostMessage.Purchase()));
        }

        var last = File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)
            .GroupBy(line => line.GetProperty("sequence").GetInt64())
            .ToDictionary(group => group.Key, group => group.Last());
        File.Delete(path);
        Assert.Equal(2, last.Count);
        Assert.Equal(2, last[1].GetProperty("reversedBy").GetInt64());
        Assert.Equal("Sent", last[1].GetProperty("delivery").GetString());
        Assert.Equal("Reversal", last[2].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task G7_LedgerFull_DeclinesWith96AndForgetsNothing()
    {
        await using var host = await TestHost.StartAsync(new AcquirerHostOptions { LedgerMaxEntries = 2 });
        using var client = await HostClient.ConnectAsync(host);
        await client.ExchangeAsync(HostMessage.Purchase(number: 1));
        await client.ExchangeAsync(HostMessage.Purchase(number: 2));
        Assert.Equal("96", (await client.ExchangeAsync(HostMessage.Purchase(number: 3)))[39]);
        Assert.Equal("96", (await client.ExchangeAsync(HostMessage.ReversalOf(HostMessage.Purchase())))[39]);
        Assert.True(host.Ledger.IsFull);
        Assert.Equal(2, host.Ledger.UnreversedApprovals().Count);
    }

    [Fact]
    public async Task Ledger_AfterDisposal_IsStillReadable()
    {
        var host = await TestHost.StartAsync();
        using (var client = await HostClient.ConnectAsync(host)) await client.ExchangeAsync(HostMessage.Purchase());
        await host.DisposeAsync();
        await host.DisposeAsync();
        Assert.Equal(1000, host.Ledger.NetMinor("840"));
    }

    [Fact]
    public async Task Totals_TwoCurrencies_AreKeptApart()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        await client.ExchangeAsync(HostMessage.Purchase(100, 1));
        await client.ExchangeAsync(HostMessage.Purchase(200, 2).With(49, "978"));
        await client.ExchangeAsync(HostMessage.Purchase(300, 3).With(49, "978"));
        Assert.Equal(
            [("840", 1L, 100L), ("978", 2L, 500L)],
            host.Ledger.Totals().Select(total => (total.Currency, total.ApprovedCount, total.ApprovedMinor)));
    }

    private static string ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string[] Encodings(string secret)
    {
        var ascii = Encoding.ASCII.GetBytes(secret);
        return
        [
            secret,
            Convert.ToHexString(ascii),
            Convert.ToBase64String(ascii)[..12],
            Convert.ToHexString(Encoding.Unicode.GetBytes(secret)),
            // Packed digits shown as characters.
            Encoding.Latin1.GetString([.. secret.Chunk(2)
                .Where(pair => pair.Length == 2 && pair.All(char.IsAsciiHexDigit))
                .Select(pair => Convert.ToByte(new string(pair), 16))]),
        ];
    }
}
