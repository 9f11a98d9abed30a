using Switch.Settlement.Consuming;
using Switch.Settlement.Fees;
using Switch.Settlement.Terms;

if (args is ["measure", var store, var file, var events, var batch])
{
    SettlementTerms.TryRead(File.ReadAllText(file), file, out var terms, out _);
    Measurement.Run(store, new FeeSchedule(terms!), long.Parse(events, null), int.Parse(batch, null), Console.Out);
}

return 0;
