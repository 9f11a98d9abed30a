using Switch.Settlement.Consuming;
using Switch.Settlement.Fees;
using Switch.Settlement.Records;
using Switch.Settlement.Terms;

if (args is ["measure", var store, var file, var events, var batch])
{
    SettlementTerms.TryRead(File.ReadAllText(file), file, out var terms, out _);
    Measurement.Run(store, new FeeSchedule(terms!), long.Parse(events, null), int.Parse(batch, null), Console.Out);
}

if (args is ["measure-records", var path, var payments])
    await RecordsMeasurement.RunAsync(path, long.Parse(payments, null), Console.Out, CancellationToken.None);

return 0;
