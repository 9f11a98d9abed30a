using System.CommandLine;
using Switch.Settlement.Consuming;
using Switch.Settlement.Hosting;

namespace Switch.Settlement.Commands;

/// <summary>No verb: consumes, answers queries and tells webhooks until the program is stopped.</summary>
internal static class ConsumeVerb
{
    public static Task<int> RunAsync(SharedOptions shared, ParseResult parsed, CancellationToken stop) =>
        SharedOptions.GuardAsync(parsed, async () =>
        {
            var builder = WebApplication.CreateSlimBuilder();
            shared.Configure(builder.Configuration, parsed);
            var options = SettlementHost.OptionsOf(builder.Configuration);
            var terms = SettlementHost.TermsOf(options.Terms);
            using var logging = LoggerFactory.Create(log => log.AddConfiguration(
                builder.Configuration.GetSection("Logging")).AddSimpleConsole());
            using var database = await StoreOpening.OpenAsync(
                options, shared.Time, logging.CreateLogger("Switch.Settlement"), stop);

            await using var app = SettlementHost.Build(builder, options, terms, database, shared.Time);
            await app.RunAsync(stop);
            return SettlementCommand.Done;
        });
}
