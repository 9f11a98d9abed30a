using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Switch.Service;
using Switch.Service.Authorization;
using Switch.Service.Keys;
using Switch.Service.Merchants;
using Switch.Service.ResponseCodes;
using Switch.Service.Routes;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>What every instance of every run reads and nobody changes: keys, merchants, routes, response
/// codes.</summary>
internal sealed class FixedParts
{
    public static readonly FixedParts Shared = new();

    private const string RoutesFile = """
        format: 1
        schemes: [visa]
        acquirers:
          - name: alpha
          - name: beta
        bin_ranges:
          - { bin: 4, scheme: visa }
        rules: []
        fallback:
          priority: [alpha, beta]
        """;

    private const string MerchantsFile = """
        merchants:
          - id: SHOP
            name: Shop
            city: Berlin
            country: DE
            mcc: "5411"
            terminals: [T0000001]
        """;

    private FixedParts()
    {
        var folder = Directory.CreateTempSubdirectory("switch-simulation-").FullName;
        var (merchants, routes) = (Path.Combine(folder, "merchants.yaml"), Path.Combine(folder, "routes.yaml"));
        File.WriteAllText(merchants, MerchantsFile);
        File.WriteAllText(routes, RoutesFile);
        var time = new StandingClock();
        Merchants = new MerchantDirectory(merchants, time, NullLogger<MerchantDirectory>.Instance);
        Routes = new RouteTableSource(
            new RoutesOptions { File = routes }, ["alpha", "beta"], time, NullLogger<RouteTableSource>.Instance);
        Directory.Delete(folder, recursive: true);
    }

    public KeyRing Keys { get; } = new([.. Enum.GetValues<KeyPurpose>().Select(KeyOf)]);

    public MerchantDirectory Merchants { get; }

    public RouteTableSource Routes { get; }

    public ResponseCodeTable Codes { get; } = ResponseCodeTable.LoadDefault();

    public BusinessCalendar Calendar { get; } = new(new BusinessDayOptions());

    private static SwitchKey KeyOf(KeyPurpose purpose) =>
        new($"{purpose}", purpose, SHA256.HashData(Encoding.ASCII.GetBytes($"{purpose}")));

    // Files are read once: nobody looks for changes.
    private sealed class StandingClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new StandingTimer();
    }

    private sealed class StandingTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
