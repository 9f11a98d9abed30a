using Switch.Baselines;

return await BaselineProgram.RunAsync(args, Console.Error);
