using Dapper;
using Microsoft.Extensions.Time.Testing;
using Switch.Settlement.Commands;
using Switch.Settlement.Records;
using Switch.Settlement.Store;

namespace Switch.Settlement.Tests.Commands;

/// <summary>A file that took long to fill is used again, or it is said why not.</summary>
public sealed class MeasureVerbTests : IDisposable
{
    private const long Payments = 1_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("switch-measure-");

    private string File => Path.Combine(_folder.FullName, "records.db");

    [Fact]
    public async Task Records_AFileOfAnOlderSchema_IsBroughtUpAndMeasured()
    {
        Fill();
        Execute("DROP INDEX payment_card_partial; DELETE FROM SchemaVersions WHERE ScriptName LIKE '0007%'");

        var said = await MeasureAsync();

        Assert.Equal((0, ""), (said.Status, said.Error));
        // As many as the file has, and not as many as were asked for.
        Assert.Contains("1,000 payments", said.Output, StringComparison.Ordinal);
        Assert.Contains("forecast, NetIncome", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_AFileOfAnotherSchema_IsRefusedWithWhatDiffers()
    {
        Fill();
        Execute("DROP INDEX payment_rrn");

        var said = await MeasureAsync();

        Assert.Equal(SettlementCommand.CannotWork, said.Status);
        Assert.Contains("with another schema (payment_rrn): delete it", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_ABooksFile_IsRefused()
    {
        using (SettlementDatabase.Open("sqlite:" + File))
        {
        }

        var said = await MeasureAsync();

        Assert.Equal(SettlementCommand.CannotWork, said.Status);
        Assert.Contains("is not a file of made-up payments", said.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Fill()
    {
        using var database = SettlementDatabase.Open("sqlite:" + File);
        new MadeUpPayments(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Payments)
            .Fill(database, TextWriter.Null);
    }

    private void Execute(string sql)
    {
        using var database = SettlementDatabase.Open("sqlite:" + File);
        using var connection = database.OpenConnection();
        connection.Execute(sql);
    }

    private async Task<(int Status, string Output, string Error)> MeasureAsync()
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var status = await SettlementCommand.RunAsync(
            ["measure", "records", "--file", File, "--payments", "5000"], new FakeTimeProvider(), output, error);
        return (status, output.ToString(), error.ToString());
    }
}
