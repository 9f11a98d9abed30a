using System.Globalization;
using Switch.Settlement.Consuming;
using Switch.Settlement.Fees;
using Switch.Settlement.Hosting;

// For developers: how fast the books are written here.
if (args is ["measure", var store, var terms, var events, var batch])
{
    SpeedMeasurement.Run(
        store, new FeeSchedule(SettlementHost.TermsOf(terms)), long.Parse(events, CultureInfo.InvariantCulture),
        int.Parse(batch, CultureInfo.InvariantCulture), Console.Out);
    return 0;
}

return await SettlementHost.RunAsync(args);
