using Switch.Load;

return await LoadProgram.RunAsync(args, Console.Out, Console.Error);
