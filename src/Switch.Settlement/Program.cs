using Switch.Settlement.Commands;

return await SettlementCommand.RunAsync(args, TimeProvider.System);
