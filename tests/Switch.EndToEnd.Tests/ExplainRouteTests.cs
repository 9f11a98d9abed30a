using System.Globalization;
using System.Text;
using Switch.Contracts.V1;

namespace Switch.EndToEnd.Tests;

/// <summary>An explanation names every rule, of the largest routing file too.</summary>
public sealed class ExplainRouteTests : IDisposable
{
    private const int RulesMax = 4096;
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-explain-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ExplainRoute_OfAsManyRulesAsThereMayBe_NamesEach()
    {
        var routes = Path.Combine(_folder, "routes.yaml");
        await File.WriteAllTextAsync(routes, Routes(), TestContext.Current.CancellationToken);
        await using var test = await SwitchUnderTest.StartAsync(("Switch:Routes:File", routes));
        var payment = Payments.Purchase();

        var explained = await test.Operations.ExplainRouteAsync(
            new ExplainRouteRequest
            {
                MerchantId = payment.MerchantId,
                Bin = payment.PaymentMethod.Card.Pan[..6],
                Amount = payment.Amount,
                Kind = payment.Kind,
                EntryMode = payment.EntryMode,
            },
            cancellationToken: TestContext.Current.CancellationToken);

        // The last is the fallback.
        Assert.Equal(
            Enumerable.Range(0, RulesMax).Select(i => $"rule-{i}"), explained.Rules.SkipLast(1).Select(r => r.Rule));
        Assert.Equal(["alpha", "beta"], explained.Plan);
    }

    private static string Routes()
    {
        var text = new StringBuilder(
            """
            format: 1
            schemes: [visa]
            acquirers:
              - { name: alpha, fees: { default: { fixed: 0, bps: 10 } } }
              - { name: beta, fees: { default: { fixed: 0, bps: 10 } } }
            bin_ranges:
              - { bin: 4, scheme: visa }
            rules:

            """);
        for (var i = 0; i < RulesMax; i++)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  - {{ name: rule-{i}, when: {{ merchant: [MERCHANT-{i}, SHOP-{i}] }}, priority: [alpha] }}");
        return text.Append("fallback: { priority: [alpha, beta] }\n").ToString();
    }
}
